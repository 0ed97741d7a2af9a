import { z } from 'zod';
import { type Gateway } from '../gateway/gateway';
import { type Faults, faultRule } from '../http/faults';
import { type Journal } from '../http/journal';
import { limitSettings } from '../http/limit-settings';
import { type RateLimits } from '../http/rate-limits';
import { type Route } from '../http/router';
import { newBotToken } from '../bot-token';
import { type World } from '../world/world';
import { control, type ControlHandler, readBody } from './control-call';

/** Journal, limits, faults, and the state of the gateway. */
export function trafficRoutes(parts: {
  journal: Journal;
  limits: RateLimits;
  faults: Faults;
  gateway: Gateway;
  world: World;
}): Route<ControlHandler>[] {
  const { journal, limits, faults, gateway, world } = parts;
  return [
    control('GET', '/sandbox/requests', (call) => journal.since(Number(call.query.get('since') ?? 0) || 0)),
    control('GET', '/sandbox/requests/summary', () => journal.summarize()),
    control('DELETE', '/sandbox/requests', () => {
      journal.clear();
      gateway.received.forget();
      return {};
    }),
    control('GET', '/sandbox/limits', () => limits.settings),
    control('PUT', '/sandbox/limits', (call) => {
      limits.set(readBody(call, limitSettings));
      gateway.identifyBudget.reset();
      return limits.settings;
    }),
    control('GET', '/sandbox/faults', () => ({ rules: faults.list() })),
    control('PUT', '/sandbox/faults', (call) => {
      faults.set(readBody(call, z.object({ rules: z.array(faultRule) })).rules);
      return { rules: faults.list() };
    }),
    control('DELETE', '/sandbox/faults', () => {
      faults.clear();
      return { rules: [] };
    }),
    control('POST', '/sandbox/gateway/disconnect', (call) => {
      const form = readBody(
        call,
        z.object({
          code: z.int().min(1000).max(4999).optional(),
          resumable: z.boolean().optional(),
          /** Ask by op 7 instead of cutting. */
          reconnect: z.boolean().optional(),
          /** Of this shard only. */
          shard: z.int().min(0).optional(),
        }),
      );
      const { code, shard, resumable = true, reconnect = false } = form;
      return { disconnected: gateway.disconnect({ code, shard, resumable, reconnect }) };
    }),
    control('PUT', '/sandbox/bot-token', (call) => {
      const { botToken } = readBody(call, z.object({ botToken: z.string().min(1).optional() }));
      gateway.resetBotToken(botToken ?? newBotToken(world));
      return { botToken: world.application.botToken };
    }),
    control('GET', '/sandbox/gateway', () => gatewayState(gateway)),
    control('PUT', '/sandbox/gateway', (call) => {
      const form = readBody(
        call,
        z.object({
          accepting: z.boolean().optional(),
          losing: z.boolean().optional(),
          delayMs: z.int().min(0).max(600_000).optional(),
          heartbeatIntervalMs: z.int().min(50).max(600_000).optional(),
        }),
      );
      gateway.accepting = form.accepting ?? gateway.accepting;
      gateway.losing = form.losing ?? gateway.losing;
      gateway.delayMs = form.delayMs ?? gateway.delayMs;
      gateway.heartbeatInterval = form.heartbeatIntervalMs ?? gateway.heartbeatInterval;
      return gatewayState(gateway);
    }),
  ];
}

function gatewayState(gateway: Gateway) {
  return {
    accepting: gateway.accepting,
    losing: gateway.losing,
    delayMs: gateway.delayMs,
    heartbeatIntervalMs: gateway.heartbeatInterval,
    connections: gateway.connectionCount,
    waiting: gateway.waitingCount,
    payloads: gateway.received.payloads,
    identifies: gateway.received.identifies,
  };
}
