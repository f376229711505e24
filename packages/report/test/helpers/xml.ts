/** A strict little XML reader for tests: throws where a document is not well-formed. */
export type Element = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
};

export function parseXml(source: string): Element {
  const root: Element = { name: '#document', attributes: {}, children: [], text: '' };
  const open: Element[] = [root];
  const token = /<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  while (token.lastIndex < source.length) {
    const at = token.lastIndex;
    const match = token.exec(source);
    if (match === null) throw new Error(`not well-formed at ${at}: ${source.slice(at, at + 60)}`);
    const [, isEnd, name = '', attributes = '', isEmpty, text] = match;
    const current = open.at(-1) ?? root;
    if (text !== undefined) {
      if (current === root && text.trim() !== '') throw new Error(`text outside the root: ${text}`);
      current.text += decode(text);
    } else if (isEnd === '/') {
      if (current.name !== name) throw new Error(`</${name}> closes <${current.name}>`);
      open.pop();
    } else {
      const element: Element = { name, attributes: parseAttributes(attributes), children: [], text: '' };
      current.children.push(element);
      if (isEmpty !== '/') open.push(element);
    }
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)?.name}> is not closed`);
  if (root.children.length !== 1) throw new Error(`${root.children.length} root elements`);
  return root.children[0] ?? root;
}

/** All elements in document order for which `isWanted` holds. */
export function findAll(element: Element, isWanted: (element: Element) => boolean): Element[] {
  return [
    ...(isWanted(element) ? [element] : []),
    ...element.children.flatMap((child) => findAll(child, isWanted)),
  ];
}

export function named(element: Element, name: string): Element[] {
  return findAll(element, (candidate) => candidate.name === name);
}

/** The text of an element and all in it. */
export function textOf(element: Element): string {
  return element.text + element.children.map(textOf).join('');
}

function parseAttributes(source: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of source.matchAll(/([\w:.-]+)="([^"]*)"/g)) {
    if (name in attributes) throw new Error(`attribute ${name} twice`);
    attributes[name] = decode(value);
  }
  return attributes;
}

function decode(text: string): string {
  const forbidden = [...text].find((character) => {
    const code = character.codePointAt(0) ?? 0;
    return (
      (code < 0x20 && ![9, 10, 13].includes(code)) || (code >= 0xd800 && code <= 0xdfff) || code === 0xffff
    );
  });
  if (forbidden !== undefined) throw new Error(`character ${forbidden.codePointAt(0)} is not allowed in XML`);
  return text.replace(/&([^;\s]*);?/g, (whole, entity: string) => {
    const character = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }[entity];
    if (character === undefined || !whole.endsWith(';')) throw new Error(`bad entity ${whole}`);
    return character;
  });
}
