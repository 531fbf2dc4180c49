import { isJsonObject } from '../../../core/json.ts';
import { invalid, jsonAnswer } from './answer.ts';
import { type Handler, part, textIn } from './desk.ts';

/** `POST /customEvent`. That an event id blocks duplicates is not mirrored. */
export const createCustomEvent: Handler = (desk) => {
  const { world, tenant, nowMs } = desk;
  const event = part(desk, 'event');
  const type = textIn(event, 'type');
  if (type === null) return invalid('type', 'This value should not be blank.');
  const customer = isJsonObject(event['customerData']) ? event['customerData'] : {};
  const named = ['email', 'phone', 'loyaltyCardNumber'].flatMap((name) => {
    const value = textIn(customer, name);
    return value === null ? [] : [`${name}=${value}`];
  });
  const identifiers = [textIn(customer, 'customerId') ?? '', ...named];
  const member = identifiers.map((each) => world.find(tenant.storeCode, each)).find((each) => each !== null);
  const customEventId = world.state.chance.uuid();
  const eventAtMs = Date.parse(textIn(event, 'eventDate') ?? '');
  const eventId = textIn(event, 'eventId') ?? customEventId;
  const times = Number.isNaN(eventAtMs) ? {} : { eventAtMs };
  if (member) desk.emit(world.customEvent(member, { type, customEventId, eventId, ...times }, nowMs));
  return jsonAnswer(200, { customEventId });
};
