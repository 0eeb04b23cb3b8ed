import { OVERWRITTEN } from '../../../shared/managed.js';
import { HARDENED } from '../hardening.js';
import { MAINTENANCE_PORT, PROXY_FOLDER, unitPath } from '../paths.js';
import type { Service } from '../proxy.js';
import serve from './serve.pl';

const UNIT = 'bridgehead-maintenance.service';
const PROGRAM = `${PROXY_FOLDER}/maintenance.pl`;
const PAGE = `${PROXY_FOLDER}/maintenance.html`;

export const MAINTENANCE_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Maintenance</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;margin:20vh auto;max-width:30rem;padding:0 1rem;color-scheme:light dark}</style>
<h1>Back soon</h1>
<p>This site is under maintenance. Please try again in a few minutes.</p>
</html>
`;

const unit = `${OVERWRITTEN}
[Unit]
Description=Page of apps under maintenance (Bridgehead)
After=network.target
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/bin/perl ${PROGRAM} ${MAINTENANCE_PORT} ${PAGE}
Restart=always
RestartSec=2
${HARDENED}
[Install]
WantedBy=multi-user.target
`;

/** Answers 503 for proxies that have no page of their own. */
export const maintenance: Service = {
  unit: UNIT,
  files: [
    { path: PROGRAM, content: `${OVERWRITTEN}\n${serve}`, purpose: 'serves the page' },
    { path: PAGE, content: MAINTENANCE_PAGE, purpose: 'the page of apps under maintenance' },
    { path: unitPath(UNIT), content: unit },
  ],
  cuts: 'visitors of apps under maintenance',
  ports: [{ protocol: 'tcp', port: MAINTENANCE_PORT }],
};
