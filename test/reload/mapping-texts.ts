/** What a request of a mapping of this campaign says about the text it was made by. */
export interface Marks {
  readonly eventId: string;
  readonly name: string;
  /** The text's number, written three times: once as a literal, once in a formula, once in the event type. */
  readonly marks: readonly string[];
}

/** A good mapping; its id is its name, whatever its file is called. */
export function goodText(name: string, number: number): string {
  return `id: ${name}
event: CustomerLevelChanged
to: bloomreach.event
transform:
  customer_ids: { registered: "=data.customer.email" }
  event_type: t${number}
  properties:
    event_id: =$eventId()
    name: ${name}
    literal: n${number}
    formula: ="n" & "${number}"
tests:
  - name: its number
    event: { eventName: CustomerLevelChanged, data: { customer: { email: ann@example.com } } }
    expect: { event_type: t${number}, properties: { formula: n${number} } }
`;
}

/** A text that must never run, wrong in one of many ways; `other` is an id that another file runs. */
export function badText(name: string, number: number, other: string, random: () => number): string {
  const good = goodText(name, number);
  const faults: readonly (() => string)[] = [
    () => good.slice(0, Math.floor(good.indexOf('data.customer') * (0.3 + 0.7 * random()))),
    () => good.replace('event_type', 'evnt_type'),
    () => good.replace(`expect: { event_type: t${number}`, 'expect: { event_type: other'),
    () => good.replace('bloomreach.event', 'nowhere.event'),
    () => good.replace('=$eventId()', '=$evntId('),
    () => good.replace(`id: ${name}`, `id: ${other}`),
    () => `${good}\u0000`,
    () => '',
    () => `a: ${'['.repeat(2_000)}`,
  ];
  return (faults[Math.floor(random() * faults.length)] ?? (() => ''))();
}

/** Reads the marks of a request as Bloomreach saw it. */
export function marksOf(data: string): Marks {
  const { event_type: type, properties } = JSON.parse(data);
  return {
    eventId: String(properties.event_id),
    name: String(properties.name),
    marks: [String(type).slice(1), String(properties.literal).slice(1), String(properties.formula).slice(1)],
  };
}
