import type { LabApp } from '../../layers/lab.js';
import standIn from '../machine/stand-in.pl';
import { type MachineFile, plainFile } from './page.js';

const PROGRAM = '/usr/local/lib/bridgehead-lab/stand-in.pl';
const UNITS = '/etc/systemd/system';

/** What a stand-in reads about the app whose place it takes. */
export function standInSettings(app: LabApp): string {
  const { name, protocol, port, address, page = { path: '/', status: 200, text: '' } } = app;
  const lines = Object.entries({ name, protocol, port, ...(address !== undefined && { address }), ...page });
  return lines.map(([key, value]) => `${key} ${value}\n`).join('');
}

/** Servers that answer on a node in place of its apps, of which the lab's machine has none. */
export function standInFiles(apps: readonly LabApp[], node: string): readonly MachineFile[] {
  const own = apps.filter((app) => app.node === node);
  if (own.length === 0) return [];
  return [
    plainFile(PROGRAM, standIn),
    ...own.flatMap((app) => {
      const unit = `bridgehead-lab-app-${app.name}.service`;
      const settings = `/etc/bridgehead-lab/apps/${app.name}`;
      return [
        plainFile(settings, standInSettings(app)),
        plainFile(
          `${UNITS}/${unit}`,
          `[Unit]
Description=A stand-in of the app ${app.name}
After=network.target

[Service]
ExecStart=perl ${PROGRAM} ${settings}
Restart=on-failure
RestartSec=1
`,
        ),
        plainFile(
          `${UNITS}/multi-user.target.d/bridgehead-lab-app-${app.name}.conf`,
          `[Unit]\nWants=${unit}\n`,
        ),
      ];
    }),
  ];
}
