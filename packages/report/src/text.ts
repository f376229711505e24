/** Escapes text for XML and HTML, in content and in quoted attributes; what XML cannot hold becomes U+FFFD. */
export function escapeText(text: string): string {
  let escaped = '';
  for (const character of text) escaped += ENTITIES.get(character) ?? allowedInXml(character);
  return escaped;
}

/** Replaces what neither XML nor an encoded URL can hold: control characters and lone surrogates. */
export function wellFormed(text: string): string {
  let kept = '';
  for (const character of text) kept += allowedInXml(character);
  return kept;
}

/** Breaks text into lines of at most `width` units at `fontSize`, at spaces where it can. */
export function wrapText(text: string, width: number, fontSize: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (estimatedWidth(longer, fontSize) <= width) {
      line = longer;
    } else {
      if (line !== '') lines.push(line);
      line = shortenText(word, width, fontSize);
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** Cuts text with an ellipsis so that it takes at most `width` units at `fontSize`. */
export function shortenText(text: string, width: number, fontSize: number): string {
  if (estimatedWidth(text, fontSize) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && estimatedWidth(`${characters.join('')}…`, fontSize) > width)
    characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/**
 * Width of text in user units, from above: no font is at hand where figures are made, so the widths are those of
 * DejaVu Sans, the widest of the faces in the font stack.
 */
export function estimatedWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const character of text) ems += characterWidth(character);
  return ems * fontSize;
}

const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function allowedInXml(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const isControl = code < 0x20 && code !== 0x9 && code !== 0xa && code !== 0xd;
  const isLoneSurrogate = code >= 0xd800 && code <= 0xdfff;
  return isControl || isLoneSurrogate || code === 0xfffe || code === 0xffff ? '\ufffd' : character;
}

function characterWidth(character: string): number {
  if (" ijlItf.,:;'|!()[]/".includes(character)) return 0.39;
  if ('mwMW%@—'.includes(character)) return 0.98;
  if (character >= 'A' && character <= 'Z') return 0.72;
  return (character.codePointAt(0) ?? 0) >= 0x2e80 ? 1.1 : 0.64;
}
