import { crc32 } from 'node:zlib';

/** PyTorch begins the contents of every file at a multiple of this, so that they can be mapped. */
const ALIGNMENT = 64;
const VERSION = 20;

/** A zip file whose files are stored as they are. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, contents] of files) {
    const title = Buffer.from(name);
    const padding = paddingField(at + 30 + title.length);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt32LE(crc32(contents), 10);
    common.writeUInt32LE(contents.length, 14);
    common.writeUInt32LE(contents.length, 18);
    common.writeUInt16LE(title.length, 22);
    const local = Buffer.from(common);
    local.writeUInt16LE(padding.length, 24);
    parts.push(Buffer.from('PK\x03\x04'), local, title, padding, Buffer.from(contents));
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02'), Buffer.from([VERSION, 0]), common, rest, title);
    at += 30 + title.length + padding.length + contents.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.size, 4);
  end.writeUInt16LE(files.size, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, entries, Buffer.from('PK\x05\x06'), end]);
}

/** An extra field of no meaning after which contents are aligned. */
function paddingField(begin: number): Buffer {
  const length = (ALIGNMENT - ((begin + 4) % ALIGNMENT)) % ALIGNMENT;
  const field = Buffer.alloc(4 + length, 'Z');
  field.write('FB', 'latin1');
  field.writeUInt16LE(length, 2);
  return field;
}
