/** Reads bodies and queries in Stripe's form encoding: `metadata[key]=x&line_items[0][quantity]=1`. */

export type Fields = { [name: string]: string | Fields };

/** @returns objects by their keys; lists are objects with the keys 0, 1, … */
export function fieldsOf(encoded: string): Fields {
  const fields: Fields = {};
  for (const [path, value] of new URLSearchParams(encoded)) {
    const names = path.replaceAll(']', '').split('[');
    const last = names.pop() ?? '';
    let inner = fields;
    for (const name of names) {
      const next = inner[name];
      if (typeof next === 'object') inner = next;
      else {
        const made: Fields = {};
        inner[name] = made;
        inner = made;
      }
    }
    inner[last] = value;
  }
  return fields;
}

/** The names of all fields, as `line_items[][quantity]`. */
export function namesOf(fields: Fields, before = ''): string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const shown = /^\d*$/.test(name) ? '' : name;
    const path = before === '' ? shown : `${before}[${shown}]`;
    return typeof value === 'string' ? [path] : namesOf(value, path);
  });
}

/** The text at a path such as `line_items.0.quantity`; undefined if it is missing or no text. */
export function textAt(fields: Fields, path: string): string | undefined {
  let found: string | Fields | undefined = fields;
  for (const name of path.split('.')) found = typeof found === 'object' ? found[name] : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** The texts of an object such as `metadata`. */
export function textsAt(fields: Fields, path: string): Record<string, string> {
  let found: string | Fields | undefined = fields;
  for (const name of path.split('.')) found = typeof found === 'object' ? found[name] : undefined;
  const entries = Object.entries(typeof found === 'object' ? found : {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
