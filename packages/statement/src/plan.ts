import { CLAIM, COMMITMENTS_LIMIT, EVENT, KEY_NAME, KEYS_LIMIT, PROFILE, ROLE } from './form.ts';
import type { Profile, ProfileField } from './profile.ts';

/** A profile as issuing needs it. All lists are in the profile's order. */
export interface ProfilePlan {
  readonly name: string;
  readonly events: ReadonlySet<string>;
  readonly fields: ReadonlyMap<string, ProfileField>;
  /** The fixed set of commitments. */
  readonly committed: readonly { readonly name: string; readonly path: string }[];
  /** The fixed set of index keys. */
  readonly keyed: readonly {
    readonly name: string;
    readonly path: string;
    readonly kind: string;
    readonly role: string;
  }[];
}

/** The field that gets its value from the record's `files`. */
export const FILES_FIELD = 'files';

const plans = new WeakMap<Profile, ProfilePlan>();

/** Look up what a profile asks for; computed once for each profile value. @throws TypeError for a profile that no statement could follow */
export function profilePlan(profile: Profile): ProfilePlan {
  const known = plans.get(profile);
  if (known) return known;
  const plan = makePlan(profile);
  plans.set(profile, plan);
  return plan;
}

function makePlan({ name, events, fields }: Profile): ProfilePlan {
  demand(PROFILE.test(name), name, 'a name and version');
  for (const event of events) demand(EVENT.test(event.name), name, 'names of events');
  const byName = new Map<string, ProfileField>();
  const committed: { name: string; path: string }[] = [];
  const keyed: { name: string; path: string; kind: string; role: string }[] = [];
  const roles = new Set<string>();
  for (const field of fields) {
    demand(
      CLAIM.test(field.name) && !byName.has(field.name),
      name,
      'fields with names of their own',
    );
    byName.set(field.name, field);
    if (field.disclosure === 'committed') {
      committed.push({ name: field.name, path: `/${field.name}` });
    }
    demand(field.disclosure !== 'key' || field.key !== undefined, name, 'a kind for each key');
    if (!field.key) continue;
    const { kind, role } = field.key;
    demand(KEY_NAME.test(kind) && ROLE.test(role), name, 'kinds and roles of their form');
    demand(!roles.has(`${kind} ${role}`), name, 'each kind and role once');
    roles.add(`${kind} ${role}`);
    keyed.push({ name: field.name, path: `/keys/${keyed.length}`, kind, role });
  }
  const files = byName.get(FILES_FIELD);
  demand(!files || files.disclosure === 'committed', name, 'files to be committed');
  demand(committed.length <= COMMITMENTS_LIMIT, name, `at most ${COMMITMENTS_LIMIT} commitments`);
  demand(keyed.length <= KEYS_LIMIT, name, `at most ${KEYS_LIMIT} keys`);
  return {
    name,
    events: new Set(events.map((event) => event.name)),
    fields: byName,
    committed,
    keyed,
  };
}

function demand(condition: boolean, profile: string, expected: string): void {
  if (!condition) throw new TypeError(`profile ${profile}: expected ${expected}`);
}
