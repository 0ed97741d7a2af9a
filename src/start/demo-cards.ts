import { type DemoPersonCard } from '../config/config';
import { DEMO_STAFF, DEMO_STUDENTS, DEMO_VISITOR_INDEX } from './demo-people';

/** What there is to be seen with each, by index of the demo's people: one student for every state that teaches something. */
const ABOUT_STAFF: readonly DemoPersonCard['about'][] = [
  { en: 'Sees every course and server', id: 'Melihat semua kursus dan server' },
  { en: 'Teaches Algebra I and Statistics', id: 'Mengajar Algebra I dan Statistics' },
  { en: 'Teaches Logic', id: 'Mengajar Logic' },
];
const ABOUT_STUDENTS: readonly (readonly [index: number, about: DemoPersonCard['about']])[] = [
  [DEMO_VISITOR_INDEX, { en: 'Has not connected Discord yet', id: 'Belum menghubungkan Discord' }],
  [0, { en: 'Is in the servers of three courses', id: 'Ada di server tiga kursus' }],
  [22, { en: 'Uses invites', id: 'Memakai undangan' }],
  [25, { en: 'Has to connect Discord again', id: 'Perlu menghubungkan Discord lagi' }],
  [20, { en: 'Has left a server', id: 'Sudah keluar dari server' }],
];

const ROLES = { student: 'STUDENT', instructor: 'INSTRUCTOR', admin: 'ADMIN' } as const;

/** The people whom the sign-in page of the demo offers. */
export const DEMO_CARDS: readonly DemoPersonCard[] = [
  ...ABOUT_STUDENTS.map(([index, about]) => [DEMO_STUDENTS[index], about] as const),
  ...ABOUT_STAFF.map((about, index) => [DEMO_STAFF[index], about] as const),
].flatMap(([person, about]) => (person ? [{ id: person.id, name: person.name, role: ROLES[person.role], about }] : []));
