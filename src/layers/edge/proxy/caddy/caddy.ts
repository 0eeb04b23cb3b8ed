import { quote } from '../../../../remote/quote.js';
import { OVERWRITTEN } from '../../../shared/managed.js';
import type { Acme } from '../../inventory/types.js';
import { authorityName } from '../authority-name.js';
import { HARDENED } from '../hardening.js';
import { printKeyFiles } from '../key-files.js';
import { APPS_FOLDER, AUTHORITY_PATH, unitPath } from '../paths.js';
import type { ProxyFile, ReverseProxy } from '../proxy.js';
import { caddyAttempt, caddyOrder, isElsewhere } from './order.js';
import { ORDERS_FOLDER, siteFile, sitePath } from './site.js';
import { CADDY_RUN, CADDY_STATE, CADDYFILE_PATH, caddyfile } from './static.js';

const CADDY = '/usr/local/bin/caddy';
const UNIT = 'bridgehead-caddy.service';
/** Checksums of the files that were there when Caddy last read them. */
const SERVED_PATH = `${CADDY_RUN}/served`;
const NOTE = `/bin/sh -c 'sha256sum ${APPS_FOLDER}/*.caddy ${ORDERS_FOLDER}/*/*.caddy >${SERVED_PATH} 2>/dev/null; :'`;

const unit: ProxyFile = {
  path: unitPath(UNIT),
  content: `${OVERWRITTEN}
[Unit]
Description=Reverse proxy (Bridgehead)
After=network.target
StartLimitIntervalSec=0

[Service]
Type=notify
Environment=HOME=${CADDY_STATE}
ExecStart=${CADDY} run --config ${CADDYFILE_PATH} --adapter caddyfile
ExecStartPost=${NOTE}
ExecReload=${CADDY} reload --config ${CADDYFILE_PATH} --adapter caddyfile --address unix/${CADDY_RUN}/admin.sock --force
ExecReload=${NOTE}
TimeoutStopSec=10
Restart=always
RestartSec=2
StateDirectory=${CADDY_STATE.replace('/var/lib/', '')}
StateDirectoryMode=0700
RuntimeDirectory=${CADDY_RUN.replace('/run/', '')}
RuntimeDirectoryMode=0700
${HARDENED}
[Install]
WantedBy=multi-user.target
`,
};

/** sh that goes through what an authority has signed. */
const certificatesOf = ({ directory }: Acme): string =>
  `for file in ${CADDY_STATE}/certificates/${quote(authorityName(directory))}/*/*.crt; do
[ -f "$file" ] || continue`;

/** Reads its apps' files when it is reloaded, which cuts no connection. */
export const caddy: ReverseProxy = {
  kind: 'caddy',
  program: CADDY,
  unit: UNIT,
  state: CADDY_STATE,
  problems: ({ acme }, apps) => [
    ...(acme?.challenge === 'dns'
      ? ['caddy has no providers of DNS built in; set acme.challenge: http, or proxy: traefik']
      : []),
    ...apps.flatMap(({ name, kind, options }) => [
      ...(kind === 'http' ? [] : [`caddy can't serve ${name}, which is of kind ${kind}; set proxy: traefik`]),
      ...(options.rate === undefined
        ? []
        : [`caddy can't limit the rate of ${name}; remove options.rate, or set proxy: traefik`]),
    ]),
  ],
  services: (setup) => [
    {
      unit: UNIT,
      files: [
        ...(setup.authority === undefined ? [] : [{ path: AUTHORITY_PATH, content: setup.authority }]),
        caddyfile(setup),
        unit,
      ],
      cuts: 'all visitors',
      ports: [80, 443].map((port) => ({ protocol: 'tcp', port })),
    },
  ],
  appPath: sitePath,
  appFile: siteFile,
  orderFile: caddyOrder,
  ordersAtStart: isElsewhere,
  attemptOf: caddyAttempt,
  served: {
    script: `cat ${SERVED_PATH} 2>/dev/null || echo none`,
    parse: ({ stdout }) =>
      stdout.trim() === 'none'
        ? undefined
        : new Set(stdout.split('\n').map((line) => line.split(' ')[0] ?? '')),
  },
  visitorSeparator: ' ',
  reload: () =>
    `systemctl reload ${quote(UNIT)} || { journalctl -u ${quote(UNIT)} -n 20 -q -o cat --no-pager >&2; exit 1; }`,
  printCertificates: (acme) => `${certificatesOf(acme)}\nbase64 <"$file" | tr -d '\\n'\necho\ndone`,
  printNames: (acme) =>
    `${certificatesOf(acme)}\nname=\${file##*/}\nname=\${name%.crt}\ncase $name in wildcard_*) name="*\${name#wildcard_}" ;; esac\necho "$name"\ndone`,
  printKeyFiles: printKeyFiles(CADDY_STATE, '*.key'),
  printFailure: `journalctl -u ${quote(UNIT)} --since="@$began" -q -o cat --no-pager | grep '"level":"error"' | grep -F "$name" | tail -n 1`,
};
