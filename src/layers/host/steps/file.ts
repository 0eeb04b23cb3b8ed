import { unifiedDiff } from '../../../core/diff.js';
import { fileFact, holds, type SeenFile } from '../../../facts/file.js';
import { configuresSshd, decidesReach, SSH_UNITS } from '../../../guard/index.js';
import { inParts, mapped, type Question } from '../../../remote/question.js';
import { command } from '../../../remote/quote.js';
import { WRITE_STATUS, writeFileScript } from '../../shared/atomic-write.js';
import { explainUnwritable, firstLine, mustSucceed } from '../../shared/failures.js';
import type { Change, Disruption, Explanation, StepContext, StepKind } from '../../step.js';
import { renderTemplate } from '../../template.js';
import { BOOT_ROUTES, type BootRoutes, newlyLost } from '../kernel/boot-routes.js';
import { isReadAtBoot } from '../kernel/boot-settings.js';
import { MAX_CONTENT_BYTES, readLocalSource } from './local-source.js';
import { remotePathProblem } from './remote-path.js';

export interface FileParams {
  readonly path: string;
  /** Text with `{{ node.name }}` and the like. */
  readonly content?: string;
  /** Local file next to the playbook, sent unchanged. */
  readonly source?: string;
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  readonly state?: 'present' | 'absent';
  /** Keeps the content out of plans. */
  readonly secret?: boolean;
}

const NONE: Disruption = { level: 'none' };
/** The guard does it, to prove the configuration by a login. */
const RESTARTS_SSHD: Disruption = { level: 'none', detail: 'restarts sshd; no session is cut' };
const ACCOUNT = {
  type: 'string',
  pattern: '^([a-z_][a-z0-9_-]{0,31}|[0-9]{1,10})$',
  'x-message': 'write the name of an account or its number, such as root',
};

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  properties: {
    path: { type: 'string', minLength: 2, description: 'Absolute path on the node.' },
    content: { type: 'string', description: 'The text; placeholders such as {{ node.name }} are filled in.' },
    source: {
      type: 'string',
      minLength: 1,
      description: 'A local file next to the playbook, sent unchanged.',
    },
    mode: {
      type: 'string',
      pattern: '^[0-7]{3,4}$',
      'x-message': 'write three or four octal digits in quotes, such as "0644"',
      description: 'Octal, in quotes; default "0644".',
    },
    owner: { ...ACCOUNT, description: 'Name or number; default root.' },
    group: { ...ACCOUNT, description: 'Name or number; default root.' },
    state: { enum: ['present', 'absent'], description: 'Default present.' },
    secret: {
      type: 'boolean',
      description: 'Keeps the content out of plans, and reads back only a checksum.',
    },
  },
};

interface Wanted {
  readonly text: string;
  readonly problems: readonly string[];
}

function wantedText(context: StepContext<FileParams>): Wanted {
  const { content, source } = context.params;
  if (content !== undefined) return renderTemplate(content, context);
  if (source === undefined) return { text: '', problems: ['needs `content`, `source`, or `state: absent`'] };
  const read = readLocalSource(context.folder, source);
  return 'text' in read ? { text: read.text, problems: [] } : { text: '', problems: [read.problem] };
}

function contentProblems(context: StepContext<FileParams>): readonly string[] {
  const { params } = context;
  const given = [params.content, params.source].filter((each) => each !== undefined).length;
  if (params.state === 'absent') {
    return given > 0 ? ['`state: absent` cannot be used with `content` or `source`; remove them'] : [];
  }
  if (given === 2) return ['has both `content` and `source`; keep one'];
  const { text, problems } = wantedText(context);
  const bytes = Buffer.byteLength(text);
  return [
    ...problems,
    ...(text.includes('\0') ? ['the content contains a NUL byte; only text can be sent'] : []),
    ...(bytes > MAX_CONTENT_BYTES
      ? [`the content has ${bytes} bytes; at most ${MAX_CONTENT_BYTES} can be sent`]
      : []),
  ];
}

const isAccount = (wanted: string, name: string, id: number): boolean =>
  wanted === name || wanted === String(id);

function planAbsent(path: string, seen: SeenFile, secret: boolean): Change[] {
  if (seen.type === 'absent') return [];
  const old = seen.type === 'file' && !secret ? seen.content : undefined;
  return [
    {
      summary: `remove ${path}`,
      disruption: NONE,
      ...(old ? { diff: unifiedDiff(old, '', path) } : {}),
      script: command('rm', '-f', path),
    },
  ];
}

/**
 * If only mode and owner differ, they are changed in place, so that the file keeps its time and nothing is restarted for it.
 */
function planOwnership(
  path: string,
  seen: Exclude<SeenFile, { type: 'absent' }>,
  wanted: Required<Ownership>,
): Change[] {
  const { mode, owner, group } = wanted;
  const sameOwner = isAccount(owner, seen.owner, seen.uid) && isAccount(group, seen.group, seen.gid);
  const sameMode = Number.parseInt(mode, 8) === seen.mode;
  if (sameOwner && sameMode) return [];
  const before = `${seen.mode.toString(8).padStart(4, '0')} ${seen.owner}:${seen.group}`;
  const change = command('chown', `${owner}:${group}`, path);
  return [
    {
      summary: `set mode and owner of ${path}: ${before} -> ${mode.padStart(4, '0')} ${owner}:${group}`,
      disruption: NONE,
      // A change of owner clears the set-id bits, so the mode comes last.
      script: `${sameOwner ? '' : `${change} && `}${command('chmod', mode, path)}`,
    },
  ];
}

type Ownership = Pick<FileParams, 'mode' | 'owner' | 'group'>;

const VERBS = {
  absent: 'create',
  file: 'write',
  symlink: 'replace the symbolic link',
  directory: 'write',
  other: 'replace',
};

function planPresent(context: StepContext<FileParams>, seen: SeenFile): Change[] {
  const { path, mode = '0644', owner = 'root', group = 'root', secret = false } = context.params;
  const { text } = wantedText(context);
  if (seen.type !== 'absent' && holds(seen, text)) return planOwnership(path, seen, { mode, owner, group });
  const known = seen.type === 'file' ? seen.content : '';
  const shown = secret || known === undefined ? undefined : unifiedDiff(known, text, path);
  return [
    {
      summary: `${VERBS[seen.type]} ${path}${shown === undefined ? ' (its content is not shown)' : ''}`,
      disruption: NONE,
      ...(shown ? { diff: shown } : {}),
      ...(seen.type === 'absent' ? { creates: { path, mode: mode.padStart(4, '0') } } : {}),
      script: writeFileScript({ path, content: text, mode, owner, group }),
    },
  ];
}

type Seen = SeenFile & {
  /** Asked for files that set kernel values at boot. */
  readonly routes?: BootRoutes;
};

function question({ path, secret = false }: FileParams): Question<Seen> {
  const file = fileFact(path, { secret });
  if (!isReadAtBoot(path)) return file;
  return mapped(inParts({ routes: BOOT_ROUTES, file }), ({ routes, file: seen }) => ({ ...seen, routes }));
}

/** A kernel setting that is only read at boot is not proven by a login before that. */
function refuse(context: StepContext<FileParams>, { routes }: Seen): Explanation[] {
  const { path, state } = context.params;
  if (routes === undefined) return [];
  const text = state === 'absent' ? undefined : wantedText(context).text;
  return newlyLost(routes, path, text).map((device) => ({
    code: 'E_STEP',
    message: `with ${path} the node would lose its only IPv6 default route at its next boot: ${device} has it from router advertisements, which a forwarding node doesn't accept`,
    fix: `put net.ipv6.conf.${device.replaceAll('.', '/')}.accept_ra = 2 into ${path}, above the line that turns forwarding on`,
  }));
}

/** One file on a node: its content, mode and owner, or its absence. */
export const fileStep: StepKind<FileParams, Seen> = {
  kind: 'file',
  schema,
  check: (context) => {
    const path = remotePathProblem(context.params.path);
    return [...(path ? [path] : []), ...contentProblems(context)];
  },
  probe: ({ params }) => mustSucceed(question(params), params.path),
  refuse,
  plan: (context, seen) => {
    const { path, state, secret = false } = context.params;
    const changes = state === 'absent' ? planAbsent(path, seen, secret) : planPresent(context, seen);
    const sshd = configuresSshd(path);
    return changes.map((change) => ({
      ...change,
      ...(sshd ? { disruption: RESTARTS_SSHD } : {}),
      touches: { files: [path], ...(sshd ? { units: SSH_UNITS } : {}) },
      guarded: decidesReach(path),
    }));
  },
  explain: ({ params }, reply) => {
    const full = explainUnwritable(reply);
    if (full || reply.code !== WRITE_STATUS.isDirectory) return full;
    return {
      code: 'E_STEP',
      message: firstLine(reply.stderr),
      fix: `remove the directory ${params.path} on the node, or choose another path for the step`,
    };
  },
};
