import { DomainError } from '../common/domain-error';
import {
  changedSettings,
  DEFAULT_SETTINGS,
  needsPreflight,
  settingsDifference,
  type SettingsInput,
} from './server-config.policy';

const configured = {
  ...DEFAULT_SETTINGS,
  inviteChannelId: '300000000000000001',
  studentRoleId: '200000000000000001',
  welcomeMessage: 'Welcome, {student}!',
};

const refusal = (input: SettingsInput) => {
  try {
    changedSettings(configured, input);
  } catch (error) {
    if (error instanceof DomainError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
};

describe('changing settings', () => {
  it('leaves out what is left out, and clears what may be empty', () => {
    expect(changedSettings(configured, {})).toEqual(configured);
    expect(changedSettings(configured, { studentRoleId: undefined })).toEqual(configured);
    expect(changedSettings(configured, { studentRoleId: null, welcomeMessage: null })).toMatchObject({
      studentRoleId: null,
      welcomeMessage: null,
      inviteChannelId: configured.inviteChannelId,
    });
  });

  it('takes an empty welcome as none', () => {
    expect(changedSettings(configured, { welcomeMessage: '  ' }).welcomeMessage).toBeNull();
  });

  it('refuses null where there is always a value', () => {
    for (const name of ['removalPolicy', 'removalGraceHours', 'driftPolicy', 'autoInvite', 'isActive'] as const) {
      expect(refusal({ [name]: null })).toBe(
        `BAD_USER_INPUT: "${name}" cannot be null. Leave it out to keep it as it is.`,
      );
    }
  });

  it('refuses ids that are not of Discord', () => {
    expect(refusal({ inviteChannelId: 'general' })).toMatch(/BAD_USER_INPUT: "inviteChannelId" must be a Discord id/);
    expect(refusal({ studentRoleId: '12' })).toMatch(/"studentRoleId".*"12"/);
  });

  it.each([-1, 8761, 1.5, Number.NaN])('refuses a grace of %s hours', (removalGraceHours) => {
    expect(refusal({ removalGraceHours })).toMatch(/between 0 and 8760/);
  });

  it('takes a welcome of 1,500 characters with the known placeholders, and refuses anything else', () => {
    expect(refusal({ welcomeMessage: `{student} {course} {server}${'x'.repeat(1473)}` })).toBe('accepted');
    expect(refusal({ welcomeMessage: 'x'.repeat(1501) })).toMatch(/1500 characters; it had 1501/);
    expect(refusal({ welcomeMessage: 'Hi {name}' })).toMatch(/\{name\}, which is no placeholder/);
    expect(refusal({ welcomeMessage: 'Hi {}' })).toMatch(/\{\}, which is no placeholder/);
    expect(refusal({ welcomeMessage: 'A smile :-} for { you' })).toBe('accepted');
  });
});

describe('asking Discord before a change', () => {
  const asks = (input: SettingsInput) => {
    const after = changedSettings(configured, input);
    return needsPreflight(settingsDifference(configured, after), after);
  };

  it('is needed where Discord has a say', () => {
    expect(asks({ studentRoleId: null })).toBe(true);
    expect(asks({ inviteChannelId: null })).toBe(true);
    expect(asks({ removalPolicy: 'KEEP' })).toBe(true);
    expect(asks({ adoptExisting: true })).toBe(true);
  });

  it('is not needed for the rest, nor for what stays the same, nor for switching off', () => {
    expect(asks({ welcomeMessage: 'Hello', removalGraceHours: 24, autoInvite: false })).toBe(false);
    expect(asks({ studentRoleId: configured.studentRoleId })).toBe(false);
    expect(asks({ isActive: false })).toBe(false);
  });

  it('is needed for switching on again', () => {
    const off = { ...configured, isActive: false };
    const on = changedSettings(off, { isActive: true });
    expect(needsPreflight(settingsDifference(off, on), on)).toBe(true);
  });
});
