import { BridgeheadError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import { qrPng, qrSize, qrText } from '../../render/clients/qr.js';
import { wantsColour } from '../../render/colour.js';
import { type PrivateFile, reservePrivateFile } from '../private-file.js';
import type { Io } from '../terminal/io.js';

/** Where a configuration with a private key is delivered. */
export interface DeliveryOptions {
  readonly qr?: boolean;
  readonly conf?: string;
  readonly png?: string;
  readonly json?: boolean;
  readonly color: boolean;
}

export interface Delivery {
  /** Shows and writes the configuration; returns the paths of the files. */
  deliver(config: Secret): Promise<readonly string[]>;
  /** Removes the files that were made for it. */
  discard(): void;
}

/**
 * Makes sure in advance that a configuration of this length can be delivered: files are created, and the terminal is
 * large enough for the code. Without an option the code is shown. Throws E_USAGE.
 */
export function prepareDelivery(specimen: Secret, options: DeliveryOptions, io: Io): Delivery {
  const { conf, png } = options;
  const showsQr = showsCode(options);
  if (showsQr) refuseUnseen(specimen, options, io);
  const files: PrivateFile[] = [];
  const discard = () => {
    for (const file of files) file.discard();
  };
  const reserve = (path: string | undefined, option: string): PrivateFile | undefined => {
    if (path === undefined) return undefined;
    const file = reservePrivateFile(path, option);
    files.push(file);
    return file;
  };
  try {
    const confFile = reserve(conf, '--conf');
    const pngFile = reserve(png, '--png');
    return {
      deliver: async (config) => {
        confFile?.write(config.reveal());
        if (pngFile) pngFile.write(await qrPng(config));
        if (showsQr) io.stdout.write(`\n${qrText(config, coloured(options, io))}\n`);
        return files.map(({ path }) => path);
      },
      discard,
    };
  } catch (error) {
    discard();
    throw error;
  }
}

/** Whether to show the code: if requested, or if nothing else is. */
export function showsCode({ qr, conf, png }: DeliveryOptions): boolean {
  return qr === true || (conf === undefined && png === undefined);
}

function coloured({ color }: DeliveryOptions, io: Io): boolean {
  return wantsColour({ env: io.env, isTTY: io.stdout.isTTY === true, wanted: color });
}

function refuseUnseen(specimen: Secret, { qr, json }: DeliveryOptions, io: Io): void {
  const files = 'write it to a file: --conf FILE or --png FILE';
  if (json === true) {
    throw new BridgeheadError('E_USAGE', '--qr cannot be used with --json', { fix: files });
  }
  if (io.stdout.isTTY !== true) {
    if (qr === true) return;
    throw new BridgeheadError(
      'E_USAGE',
      'the code contains a private key, and standard output is not a terminal',
      {
        fix: `${files}; or add --qr to print it anyway`,
      },
    );
  }
  const { columns, rows } = qrSize(specimen);
  const { columns: wide = columns, rows: high = rows } = io.stdout;
  // One line is for the shell prompt.
  if (columns <= wide && rows < high) return;
  throw new BridgeheadError(
    'E_USAGE',
    `the QR code takes ${columns} columns and ${rows + 1} lines, and the terminal has ${wide} and ${high}`,
    { fix: `enlarge it or use a smaller font; or ${files}` },
  );
}
