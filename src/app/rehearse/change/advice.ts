export const SHOW_RUNS = '`bridgehead runs list` shows the runs';
export const FROM_GIT = 'git show REVISION:inventory.yaml >old.yaml';
