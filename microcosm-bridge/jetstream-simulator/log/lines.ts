/**
 * The lines of a text, without their ends (`\n` or `\r\n`) and without empty
 * ones. They share the memory of the text.
 */
export function splitLines(text: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  while (from < text.length) {
    const found = text.indexOf(0x0a, from);
    const next = found === -1 ? text.length : found;
    const to = next > from && text[next - 1] === 0x0d ? next - 1 : next;
    if (to > from) lines.push(text.subarray(from, to));
    from = next + 1;
  }
  return lines;
}
