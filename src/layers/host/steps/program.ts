import { STATE_FOLDER } from '../../../guard/index.js';
import { quote } from '../../../remote/quote.js';
import { type Build, type Parcel, pinOf } from '../../parcel.js';
import { explainUnwritable, mustSucceed } from '../../shared/failures.js';
import type { Change, Explanation, StepContext, StepKind } from '../../step.js';
import installProgram from '../programs/install-program.sh';
import { placesOf } from '../programs/places.js';
import removeProgram from '../programs/remove-program.sh';
import { programSchema } from '../programs/schema.js';
import { programFact, type SeenProgram, variables } from '../programs/seen.js';
import { type ProgramParams, type Wanted, wantedProgram } from '../programs/wanted.js';

function wantedBy(params: ProgramParams): Wanted {
  const wanted = wantedProgram(params);
  if ('problem' in wanted) throw new TypeError(`the step was not checked: ${wanted.problem}`);
  return wanted;
}

const buildFor = ({ params }: StepContext<ProgramParams>, { architecture }: SeenProgram): Build | undefined =>
  wantedBy(params).builds[architecture];

/** Whether the file is the wanted build: by its own sum, or as it was when that build was installed. */
function isBuild({ file, record }: SeenProgram, build: Build): boolean {
  if (file === undefined) return false;
  if (build.program !== undefined) return file.sha256 === build.program;
  return record?.pin === pinOf(build) && record.sha256 === file.sha256;
}

function summaryOf(name: string, version: string, seen: SeenProgram): string {
  const { current, file, record } = seen;
  if (current === undefined) return `install ${name} ${version}`;
  if (current !== version) return `replace ${name} ${current} by ${version}`;
  if (file === undefined) return `install ${name} ${version} again: its file is gone`;
  if (record !== undefined && record.sha256 !== file.sha256)
    return `install ${name} ${version} again: its file has been changed`;
  return `repair ${name} ${version}`;
}

/** No program has it. */
const NO_VERSION = '-';

function planAbsent(name: string, seen: SeenProgram): Change[] {
  if (!seen.any && seen.link !== 'ours') return [];
  const { folder, link } = placesOf(name);
  return [
    {
      summary: `remove ${name}${seen.current === undefined ? '' : ` ${seen.current}`}`,
      disruption: { level: 'none' },
      touches: { files: [folder, link] },
      script: variables(name, NO_VERSION) + removeProgram,
    },
  ];
}

function plan(context: StepContext<ProgramParams>, seen: SeenProgram): Change[] {
  const { name, state } = context.params;
  if (state === 'absent') return planAbsent(name, seen);
  const { version } = wantedBy(context.params);
  const build = buildFor(context, seen);
  if (build === undefined) return [];
  const { folder, current, link } = placesOf(name);
  const isThere = isBuild(seen, build);
  const isExecutable = seen.file?.mode === '755' && seen.file.uid === 0;
  if (isThere && isExecutable && seen.current === version && seen.link === 'ours') return [];
  const to = `${STATE_FOLDER}/arrived/${name}-${version}`;
  const parcel: Parcel = { program: { name, version, architecture: seen.architecture, build }, to };
  return [
    {
      summary: summaryOf(name, version, seen),
      disruption: { level: 'none' },
      ...(isThere ? {} : { parcel }),
      // A version that is there is not kept: it would take as much room again.
      touches: { files: [...(seen.folder ? [] : [`${folder}/${version}`]), current, link] },
      script: `${variables(name, version)}state=${quote(STATE_FOLDER)} arrived=${quote(isThere ? '' : to)} pin=${quote(pinOf(build))} wanted=${quote(build.program ?? '')}
${installProgram}`,
    },
  ];
}

function refuse(context: StepContext<ProgramParams>, seen: SeenProgram): Explanation[] {
  const { name, state } = context.params;
  if (state === 'absent') return [];
  const { link } = placesOf(name);
  const { version, builds } = wantedBy(context.params);
  const refusals: Explanation[] = [];
  if (builds[seen.architecture] === undefined) {
    refusals.push({
      code: 'E_STEP',
      message: `there is no ${name} ${version} for ${seen.architecture}, only for ${Object.keys(builds).join(', ')}`,
      fix: 'name a build for it in `sources`, or leave the node out with `on`',
    });
  }
  if (seen.link === 'other') {
    refusals.push({
      code: 'E_NOT_OURS',
      message: `${link} is somebody else's: ${seen.other ?? 'not a link of Bridgehead'}`,
      fix: `move it away (\`mv ${link} ${link}.old\`) if nothing needs it there, and run again`,
    });
  }
  return refusals;
}

/** A program that Debian doesn't have, in one version, sent by the controller. */
export const programStep: StepKind<ProgramParams, SeenProgram> = {
  kind: 'program',
  schema: programSchema,
  check: ({ params }) => {
    if (params.state === 'absent') {
      const { version, sources } = params;
      const isMore = version !== undefined || sources !== undefined;
      return isMore ? ['`state: absent` removes all versions; remove `version` and `sources`'] : [];
    }
    const wanted = wantedProgram(params);
    return 'problem' in wanted ? [wanted.problem] : [];
  },
  probe: ({ params }) => {
    const version = params.state === 'absent' ? NO_VERSION : wantedBy(params).version;
    return mustSucceed(programFact(params.name, version), `${params.name} ${version}`);
  },
  refuse,
  programs: ({ params }) => {
    if (params.state === 'absent') return [];
    const { version, builds } = wantedBy(params);
    return Object.entries(builds).map(([architecture, build]) => ({
      name: params.name,
      version,
      architecture,
      build,
    }));
  },
  plan,
  explain: (_context, reply) => explainUnwritable(reply),
};
