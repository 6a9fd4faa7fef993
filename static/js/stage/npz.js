// Samples as NumPy keeps them: a zip, without compression, of an array a file.

const encoder = new TextEncoder();

// crc is the checksum that a zip asks for (CRC-32, polynomial 0xEDB88320).
export function crc(bytes) {
  let c = ~0;
  for (const b of bytes) {
    c ^= b;
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0);
  }
  return ~c >>> 0;
}

// array is an .npy file of values of a type as NumPy writes it, such as <f4, in a shape.
export function array(type, shape, values) {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const head = `{'descr': '${type}', 'fortran_order': False, 'shape': (${dims}), }`;
  const padded = `${head.padEnd(Math.ceil((head.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + padded.length + values.byteLength);
  bytes.set([0x93, ...encoder.encode("NUMPY"), 1, 0, padded.length & 255, padded.length >> 8]);
  bytes.set(encoder.encode(padded), 10);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 10 + padded.length);
  return bytes;
}

// text is an array of one string.
export function text(words) {
  const letters = [...words].map((letter) => letter.codePointAt(0));
  return array(`<U${letters.length}`, [1], new Uint32Array(letters));
}

// zip packs files by name.
export function zip(files) {
  const parts = [], directory = [];
  let at = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const known = [20, 0, 0, 0, 0x21, crc(bytes), bytes.length, bytes.length, name.length, 0];
    const local = record(0x04034b50, [], known, name);
    directory.push(record(0x02014b50, [20], known, name, [0, 0, 0, 0, at]));
    parts.push(local, bytes);
    at += local.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  for (const [k, v] of [[8, directory.length], [10, directory.length]]) end.setUint16(k, v, true);
  end.setUint32(12, size, true);
  end.setUint32(16, at, true);
  return [...parts, ...directory, new Uint8Array(end.buffer)];
}

const widths = [2, 2, 2, 2, 2, 4, 4, 4, 2, 2]; // bytes of what is known of a file

function record(mark, made, known, name, rest = []) {
  const fields = [[4, mark], ...made.map((v) => [2, v]), ...known.map((v, i) => [widths[i], v]), ...rest.map((v, i) => [i < 3 ? 2 : 4, v])];
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [bytes]) => sum + bytes, name.length)));
  let at = 0;
  const put = ([bytes, v]) => {
    if (bytes === 2) view.setUint16(at, v, true);
    else view.setUint32(at, v, true);
    at += bytes;
  };
  for (const field of fields) put(field);
  new Uint8Array(view.buffer).set(encoder.encode(name), at);
  return new Uint8Array(view.buffer);
}

// npz are the samples from..to of all signals of both sides, with their numbers and the
// scene. A thinned signal has the value that it has at each sample.
export function npz(sides, from, to, scene) {
  const samples = Int32Array.from({ length: to - from }, (_, i) => from + i);
  const files = {
    "sample.npy": array("<i4", [to - from], samples), "scene.npy": text(scene),
    "unit.npy": text("signals as they are, time in samples at 8,000 a second"),
  };
  for (const [side, rings] of sides.entries()) {
    for (const [name, ring] of Object.entries(rings)) {
      if (ring.next > 0) files[`${side ? "twin_" : ""}${name}.npy`] = array("<f4", [to - from, ring.columns], ring.rows(from, to));
    }
  }
  return zip(files);
}
