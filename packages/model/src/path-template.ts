/** One kind of value in a path: what a segment of it is replaced by, and how it is known. */
export interface PathRule {
  readonly placeholder: string;
  /** RE2; a segment fits all of them. */
  readonly patterns: readonly string[];
  /** Shorter ones are words. */
  readonly leastCharacters?: number;
  readonly meaning: string;
}

/**
 * In order: the first that fits holds. They look at a segment alone, so that a path has the same template in every
 * range, at every end and in every version of the sums.
 */
export const pathRules: readonly PathRule[] = [
  { placeholder: '{number}', patterns: ['^[-+]?[0-9]+([.,][0-9]+)*$'], meaning: 'digits' },
  {
    placeholder: '{uuid}',
    patterns: ['^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'],
    meaning: 'a UUID',
  },
  {
    placeholder: '{date}',
    patterns: ['^[0-9]{4}-[0-9]{2}(-[0-9]{2})?([T ][0-9:.]+(Z|[-+][0-9:]+)?)?$'],
    meaning: 'a date or time',
  },
  {
    placeholder: '{address}',
    patterns: ['^[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}$'],
    meaning: 'an IPv6 address',
  },
  { placeholder: '{email}', patterns: ['^[^@]+(@|%40)[^@]+[.][A-Za-z]{2,}$'], meaning: 'an e-mail address' },
  {
    placeholder: '{hash}',
    patterns: ['^[0-9a-fA-F]+$', '[0-9]', '[a-fA-F]'],
    leastCharacters: 8,
    meaning: 'hexadecimal digits, 8 or more',
  },
  { placeholder: '{ulid}', patterns: ['^[0-9A-HJKMNP-TV-Z]{26}$'], meaning: 'a ULID' },
  {
    placeholder: '{token}',
    patterns: ['^[A-Za-z0-9_=~-]+$', '[0-9]', '[A-Z]', '[a-z]'],
    leastCharacters: 16,
    meaning: 'digits, capitals and small letters mixed, 16 or more',
  },
];

/** Segments that are told apart; deeper ones are one. */
export const maxTemplateSegments = 12;
/** What stands for the segments beyond. */
export const restPlaceholder = '{rest}';

function segmentTemplate(segment: string): string {
  const rules = pathRules.map(({ placeholder, patterns, leastCharacters }) => {
    const conditions = [
      ...(leastCharacters === undefined ? [] : [`length(${segment}) >= ${leastCharacters}`]),
      ...patterns.map((pattern) => `match(${segment}, '${pattern}')`),
    ];
    return `${conditions.join(' AND ')}, '${placeholder}'`;
  });
  // What is left keeps its words; a long number within is one: order-12345, IMG_0001.jpg.
  return `multiIf(${rules.join(', ')}, replaceRegexpAll(${segment}, '[0-9]{4,}', '{number}'))`;
}

/**
 * SQL: the path with what names one thing among many replaced by the kind of name: /users/17/orders/9 →
 * /users/{number}/orders/{number}.
 */
export function pathTemplate(path: string): string {
  const segments = `splitByChar('/', ${path})`;
  const kept = `arraySlice(${segments}, 1, ${maxTemplateSegments + 1})`;
  const rest = `if(length(${segments}) > ${maxTemplateSegments + 1}, '/${restPlaceholder}', '')`;
  return `concat(arrayStringConcat(arrayMap(part -> ${segmentTemplate('part')}, ${kept}), '/'), ${rest})`;
}

/** Different segments at one place of a service's templates, from which on they are names of one thing each. */
export const maxSiblings = 50;
export const namePlaceholder = '{name}';

/**
 * SQL: a join that puts beside each row `e` of a relation with `service_namespace_name`, `service_name` and `template` the
 * places `w.places` of that service where more than `maxSiblings` different segments follow.
 *
 * @param relation a subselect with these three columns
 */
export function learntPlaces(relation: string): string {
  const service = 'p.service_namespace_name, p.service_name';
  return [
    'LEFT JOIN (',
    '  SELECT l.service_namespace_name AS service_namespace_name, l.service_name AS service_name,',
    '    groupArray(l.place) AS places',
    '  FROM (',
    `    SELECT p.service_namespace_name AS service_namespace_name, p.service_name AS service_name, i,`,
    "      arrayStringConcat(arraySlice(p.parts, 1, i - 1), '/') AS place",
    '    FROM (',
    "      SELECT DISTINCT t.service_namespace_name AS service_namespace_name, t.service_name AS service_name, splitByChar('/', t.template) AS parts",
    `      FROM (${relation}) AS t`,
    '    ) AS p',
    '    ARRAY JOIN arrayEnumerate(p.parts) AS i',
    '    WHERE i > 1',
    `    GROUP BY ${service}, i, place`,
    `    HAVING uniqExact(p.parts[i]) > ${maxSiblings} OR has(groupUniqArray(p.parts[i]), '${namePlaceholder}')`,
    '  ) AS l',
    '  GROUP BY l.service_namespace_name, l.service_name',
    ') AS w ON e.service_namespace_name = w.service_namespace_name AND e.service_name = w.service_name',
  ].join('\n');
}

/** SQL: the template of a row `e` beside its places `w`: where so many segments are known they are one. */
export const learntTemplate =
  "arrayStringConcat(arrayMap((part, i) -> if(i > 1 AND has(w.places, arrayStringConcat(arraySlice(splitByChar('/', e.template), 1, i - 1), '/')), " +
  `'${namePlaceholder}', part), splitByChar('/', e.template), arrayEnumerate(splitByChar('/', e.template))), '/')`;
