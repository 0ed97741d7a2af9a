import * as fc from 'fast-check';
import { plainName, welcomeText } from './welcome.policy';

describe('the welcome', () => {
  it('names the student, the course and the server', () => {
    expect(welcomeText('Welcome {student} to {course} ({server})!', [{ name: 'Ayu W.' }], 'Algebra I', 'Faculty')).toBe(
      'Welcome Ayu W. to Algebra I (Faculty)!',
    );
  });

  it('greets several newcomers in one message', () => {
    expect(welcomeText('Hi {student}', [{ name: 'Ayu' }, { name: 'Budi' }, { name: 'Citra' }], 'c', 's')).toBe(
      'Hi Ayu, Budi and Citra',
    );
  });

  it('shows a name as it is written: no formatting, no ping, no placeholder within a name', () => {
    expect(plainName('**@everyone**')).toBe('\\*\\*@\u200beveryone\\*\\*');
    expect(welcomeText('Hi {student}', [{ name: '{course} $& $1' }], 'Secret', 's')).toBe(
      'Hi Secret $& $1'.replace('Secret', '{course}'),
    );
  });

  it('never exceeds what Discord takes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ name: fc.string({ maxLength: 100 }) }), { minLength: 1, maxLength: 300 }),
        fc.string({ maxLength: 1500 }),
        (people, template) => {
          expect(welcomeText(`${template}{student}`, people, 'Algebra', 'Faculty').length).toBeLessThanOrEqual(2000);
        },
      ),
    );
  });
});
