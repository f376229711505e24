/** Something that holds memory until it is disposed of. */
interface Part {
  dispose(): void;
}

/** Takes a part into ownership and returns it. */
export type Own = <Owned extends Part>(part: Owned) => Owned;

/**
 * Builds something out of parts that hold memory. Where building throws, the parts made until then are given back;
 * afterwards `disposeAll` gives back all of them, the last first.
 */
export function buildOwning<Whole>(build: (own: Own, disposeAll: () => void) => Whole): Whole {
  const parts: Part[] = [];
  const disposeAll = () => {
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) part.dispose();
  };
  const own: Own = (part) => {
    parts.push(part);
    return part;
  };
  try {
    return build(own, disposeAll);
  } catch (error) {
    disposeAll();
    throw error;
  }
}
