import { Router } from 'express';
import { PointsmanError } from '../core/errors.ts';
import { isJsonObject } from '../core/json.ts';
import { type ForgetTools, forgetMember, memberMeant } from '../pipeline/upkeep/forget.ts';
import { requireRole } from './api-auth.ts';
import { jsonBody } from './json-body.ts';

/** What the routes of members answer from. */
export type MemberRouteTools = ForgetTools;

const BODY_LIMIT_BYTES = 16 * 1024;
const LONGEST_IDENTIFIER = 500;

/** What is asked about a member. */
interface MemberRequest {
  readonly member: string;
  /** Only says whom it would be. */
  readonly dryRun: boolean;
}

/** Forgetting a member. */
export function memberRoutes(tools: MemberRouteTools): Router {
  const routes = Router();
  routes.post('/members/forget', requireRole('admin'), jsonBody(BODY_LIMIT_BYTES), async (request, response) => {
    const { member, dryRun } = memberRequestOf(request.body);
    response.json(dryRun ? await memberMeant(member, tools) : await forgetMember(member, tools));
  });
  return routes;
}

function memberRequestOf(body: unknown): MemberRequest {
  const { member, dryRun = false, ...strangers } = isJsonObject(body) ? body : {};
  const [stranger] = Object.keys(strangers);
  if (stranger !== undefined) throw bad(`There is no field "${stranger.slice(0, 50)}"; there are member and dryRun`);
  if (typeof dryRun !== 'boolean') throw bad('dryRun is neither true nor false');
  if (typeof member === 'string' && member !== '' && member.length <= LONGEST_IDENTIFIER) return { member, dryRun };
  throw bad(`member is not an identifier of 1 to ${LONGEST_IDENTIFIER} characters`);
}

function bad(message: string): PointsmanError {
  return new PointsmanError('API_BAD_REQUEST', message);
}
