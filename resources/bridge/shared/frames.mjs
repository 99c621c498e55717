// Frames on a byte stream: two big-endian 32-bit lengths, then that much JSON, then that many raw bytes.
// The peer is our own Python, but a reader without bounds would turn one wrong byte into gigabytes.

const MAX_JSON_BYTES = 1 << 20;
const MAX_ATTACHMENT_BYTES = 64 << 20;
const HEADER_BYTES = 8;

/** One frame as a list of buffers, so that an attachment of megabytes is not copied. */
export function encodeFrame(message, attachment) {
  const json = Buffer.from(JSON.stringify(message));
  const bytes = attachment ?? Buffer.alloc(0);
  if (json.length > MAX_JSON_BYTES || bytes.length > MAX_ATTACHMENT_BYTES) {
    throw new RangeError("The frame is too large.");
  }
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(json.length, 0);
  header.writeUInt32BE(bytes.length, 4);
  return [header, json, bytes];
}

/** Yields {message, attachment} for every frame; throws when the stream ends inside one or breaks a bound. */
export async function* readFrames(stream) {
  const source = new ExactReader(stream);
  for (;;) {
    const header = await source.take(HEADER_BYTES);
    if (header === null) return;
    const jsonLength = header.readUInt32BE(0);
    const attachmentLength = header.readUInt32BE(4);
    if (jsonLength === 0 || jsonLength > MAX_JSON_BYTES || attachmentLength > MAX_ATTACHMENT_BYTES) {
      throw new RangeError("The frame's lengths are out of bounds.");
    }
    const json = await source.take(jsonLength);
    const attachment = attachmentLength ? await source.take(attachmentLength) : Buffer.alloc(0);
    if (json === null || attachment === null) throw new RangeError("The stream ended inside a frame.");
    yield { message: JSON.parse(json.toString("utf8")), attachment };
  }
}

class ExactReader {
  #chunks = [];
  #length = 0;
  #source;

  constructor(stream) {
    this.#source = stream[Symbol.asyncIterator]();
  }

  /** Exactly `count` bytes, or null when the stream ends before the first of them. */
  async take(count) {
    while (this.#length < count) {
      const { value, done } = await this.#source.next();
      if (done) {
        if (this.#length) throw new RangeError("The stream ended inside a frame.");
        return null;
      }
      this.#chunks.push(value);
      this.#length += value.length;
    }
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks, this.#length);
    this.#chunks = count < this.#length ? [all.subarray(count)] : [];
    this.#length -= count;
    return all.subarray(0, count);
  }
}
