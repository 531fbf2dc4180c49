import { invalid, jsonAnswer, NO_CONTENT } from './answer.ts';
import { type Handler, part } from './desk.ts';

const REMINDERS = [
  'expirePointsNotificationDays',
  'expireCouponsNotificationDays',
  'expireLevelsNotificationDays',
] as const;

/** `GET /settings`: only when reminders go out. */
export const getSettings: Handler = ({ tenant }) => jsonAnswer(200, { settings: tenant.settings });

/** `PATCH /settings`: from the next scan on. Other settings are ignored. */
export const changeSettings: Handler = (desk) => {
  const settings = part(desk, 'settings');
  const changes = REMINDERS.filter((name) => Object.hasOwn(settings, name));
  const wrong = changes.find((name) => !(Number.isInteger(settings[name]) && Number(settings[name]) >= 0));
  if (wrong !== undefined) return invalid(wrong, 'This value should be a whole number of days.');
  for (const name of changes) desk.tenant.settings[name] = Number(settings[name]);
  return NO_CONTENT;
};
