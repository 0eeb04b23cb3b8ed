import type { Mutant } from './mutant.js';

/** The slips that other tools have made, and those that this one could. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'nothing is guarded',
    edits: [
      {
        file: 'src/runner/round/build-round.ts',
        text: 'return work.step.guard ?? change.guarded ?? false;',
        becomes: 'return false;',
      },
    ],
    cases: ['rules cuts SSH'],
  },
  {
    name: 'the confirmation comes over the connection that was open before',
    edits: [
      {
        file: 'src/runner/groups/prove.ts',
        text: 'await keepLoggingIn(context, node, { until, waiting });',
        becomes: '',
      },
    ],
    cases: ['rules cuts SSH'],
  },
  {
    name: 'no unit for the boot',
    edits: [
      { file: 'src/guard/fragments/arm.sh', text: ' && ln -sfn "$boot_file" "$boot_link"', becomes: '' },
    ],
    cases: ['nft cuts SSH, and the machine reboots once it is cut'],
  },
  {
    name: 'the timer waits ten times as long',
    edits: [
      {
        file: 'src/guard/fragments/arm.sh',
        text: '--on-active="$seconds"',
        becomes: '--on-active="$((seconds * 10))"',
      },
    ],
    cases: ['rules cuts SSH, and the controller is killed as it changes'],
  },
  {
    name: 'runs are kept by their ids, whatever the clock that these are from',
    edits: [
      {
        file: 'src/guard/fragments/snapshot.sh',
        text: '$(field "$runs/$one/0001/what" order)',
        becomes: '',
      },
      {
        file: 'src/guard/fragments/snapshot.sh',
        text: '    [ "$one" != "$run" ] || continue\n',
        becomes: '',
      },
      {
        file: 'src/guard/fragments/arm.sh',
        text: '[ -s "$dir/guard.sh" ] && [ -f "$dir/complete" ]',
        becomes: 'true',
      },
    ],
    cases: ['rules cuts SSH on a machine with ten runs of a clock that was ahead'],
  },
  {
    name: 'the revert does not stop what is being applied',
    edits: [{ file: 'src/guard/revert/main.sh', text: '  stop_apply\n', becomes: '' }],
    cases: ['a change that outlives its guard and its controller'],
  },
  {
    name: 'the lock is ignored',
    edits: [
      {
        file: 'src/guard/fragments/lock.sh',
        text: `if is_armed || [ "$(field "$state/lock/holder" boot)" = "$now" ]; then`,
        becomes: 'if false; then',
      },
    ],
    cases: ['a second run at node-probed 2'],
  },
  {
    name: "a confirmation is taken without the run's id",
    edits: [
      {
        file: 'src/guard/fragments/confirm.sh',
        text: 'if is_ours && is_proven && mv -T',
        becomes: 'if mv -T',
      },
    ],
    cases: ['the confirmation of another run while armed'],
  },
  {
    name: 'unlock breaks the lock of an armed machine',
    edits: [
      {
        file: 'src/guard/fragments/unlock.sh',
        text: 'if is_armed; then',
        becomes: 'if false; then',
      },
    ],
    cases: ['unlock while armed by a dead run'],
  },
  {
    name: 'the revert ends at the first thing that cannot be reverted',
    edits: [
      {
        file: 'src/guard/revert/main.sh',
        text: '|| failed "$* ended with status $?"; }',
        becomes: '|| exit 1; }',
      },
      {
        file: 'src/guard/revert/files.sh',
        text: 'failed "file not reverted: $1"',
        becomes: 'exit 1',
      },
      {
        file: 'src/guard/revert/files.sh',
        text: 'find "$dir/files$path" -exec sh "$0" file revert_kept {} +',
        becomes: 'find "$dir/files$path" -exec sh "$0" file revert_kept {} + || exit 1',
      },
    ],
    cases: ['nft cuts SSH, and one of its files cannot be reverted'],
  },
  {
    name: 'a reverted phase is reported as kept',
    edits: [
      {
        file: 'src/runner/round/conclude.ts',
        text: "if (report.state === 'confirmed') {",
        becomes: 'if (report) {',
      },
    ],
    cases: ['rules cuts SSH'],
  },
  {
    name: 'armed after the changes',
    edits: [
      {
        file: 'src/runner/round/build-round.ts',
        text: '    ...(parts ? [parts.arm] : []),\n',
        becomes:
          '    ...guarded.map((doing) => toDo(doing, doing.change.script)),\n    ...(parts ? [parts.arm] : []),\n',
      },
      {
        file: 'src/runner/round/build-round.ts',
        text: `    ...guarded.map((doing) =>
      toDo(doing, nodeGuard.changeScript({ run, phase: label, script: doing.change.script })),
    ),
`,
        becomes: '',
      },
    ],
    cases: ['nft cuts SSH, and the machine reboots while armed'],
  },
  {
    name: 'the snapshot does not keep what was absent',
    edits: [
      { file: 'src/guard/revert/files.sh', text: 'echo "$path" >>"$dir/absent" || return', becomes: ':' },
      {
        file: 'src/guard/revert/files.sh',
        text: '\n        find "$path" -depth -mindepth 1 -exec sh "$0" file remove_new {} +',
        becomes: ' :',
      },
    ],
    cases: ['sshd cuts SSH'],
  },
  {
    name: 'a folder is not kept whole where a file in it is named',
    edits: [
      {
        file: 'src/guard/revert/files.sh',
        text: 'elif ! is_within "$path" "$@"; then',
        becomes: 'elif [ "$path" != /etc/ssh ] || [ ! -s "$dir/files.list" ]; then',
      },
    ],
    cases: ['sshd-config cuts SSH'],
  },
  {
    name: 'units are not reverted',
    edits: [
      {
        file: 'src/guard/revert/main.sh',
        text: '  [ -n "$with_units_reverted" ] || part start_units\n',
        becomes: '',
      },
    ],
    cases: ['sshd-config cuts SSH'],
  },
  {
    name: 'the live firewall is not reverted',
    edits: [
      {
        file: 'src/guard/revert/main.sh',
        text: '  part revert_firewall\n',
        becomes: '',
      },
    ],
    cases: ['rules cuts SSH'],
  },
  {
    name: "confirmed before the boot's state is proven",
    edits: [
      { file: 'src/guard/fragments/confirm.sh', text: ' && is_proven && mv -T', becomes: ' && mv -T' },
      {
        file: 'src/runner/round/build-round.ts',
        text: '    ...(parts ? [parts.proof] : []),\n',
        becomes: '',
      },
    ],
    cases: [
      'an sshd for loopback alone, written and not felt, then a boot',
      'another port of the socket of sshd, then a boot',
    ],
  },
  {
    name: 'sshd is checked for the boot, and not brought live for the login that confirms',
    edits: [
      {
        file: 'src/guard/boot-proof/sshd.sh',
        text: '  bring_live\n',
        becomes: '',
      },
    ],
    cases: ['an sshd that lets nobody in, and the machine reboots once that is seen'],
  },
  {
    name: 'a jump host is confirmed alone',
    edits: [
      {
        file: 'src/runner/groups/group.ts',
        text: 'const ties = changing.map((name) => [name, ...reachedThrough(carriers, name)]);',
        becomes: 'const ties = changing.map((name) => [name]);',
      },
    ],
    cases: ['a jump host lets nobody through'],
  },
  {
    name: 'the endpoint of a running tunnel is neither set nor learned from a call',
    edits: [
      {
        file: 'src/layers/wireguard/tunnel/repair.ts',
        text: 'wanted.port) + thenCall(callable(wanted, live)),',
        becomes: 'wanted.port),',
      },
      {
        file: 'src/layers/wireguard/tunnel/endpoint-drift.ts',
        text: '  if (configured?.has(publicKey) && configured.get(publicKey) !== wanted) return true;\n',
        becomes: '',
      },
      {
        file: 'src/layers/wireguard/tunnel/endpoint-drift.ts',
        text: '  if (!mayHaveLearned(live.endpoint)) return true;\n',
        becomes: '',
      },
    ],
    cases: ['the port'],
  },
  {
    name: 'what is of use only together is confirmed one by one',
    edits: [
      {
        file: 'src/runner/groups/group.ts',
        text: 'const tight = joinSets([...ties, ...joint]);',
        becomes: 'const tight = joinSets(ties);',
      },
    ],
    cases: ['the port, one machine lets nobody in any more, kill -9 while it is waited for'],
  },
  {
    name: 'a network is left split where one machine has failed',
    edits: [
      {
        file: 'src/runner/round/apply.ts',
        text: 'const joint = keepChanged ? [] : jointNodes(planned);',
        becomes: 'const joint: string[][] = [];',
      },
    ],
    cases: ['the port, which somebody takes on one machine once all have been looked at'],
  },
  {
    name: 'an interface is retired without those that it ends with',
    edits: [
      {
        file: 'src/layers/wireguard/retire/joint.ts',
        text: 'return stays ? undefined : formerName(left);',
        becomes: 'return undefined;',
      },
    ],
    cases: ['the network replaced by another, whose port somebody takes on one machine'],
  },
];
