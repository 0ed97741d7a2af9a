/** How a demo student stands towards Discord. */
export type DemoLink = 'adds' | 'invites' | 'dead' | 'none';
/** What happens to a demo student once they are in. */
export type DemoFate = 'stays' | 'leaves' | 'ends';

export interface DemoPerson {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly role: 'student' | 'instructor' | 'admin';
  readonly link: DemoLink;
  readonly fate: DemoFate;
}

const NAMES = [
  'Ayu Wulandari',
  'Budi Santoso',
  'Citra Lestari',
  'Dewi Anggraini',
  'Eko Prasetyo',
  'Fitri Handayani',
  'Gilang Ramadhan',
  'Hana Putri',
  'Indra Gunawan',
  'Joko Susilo',
  'Kartika Sari',
  'Lukman Hakim',
  'Maya Kusuma',
  'Nanda Pratama',
  'Oki Setiawan',
  'Putri Maharani',
  'Rafi Hidayat',
  'Sinta Dewi',
  'Taufik Rahman',
  'Umi Kalsum',
  'Vina Melati',
  'Wahyu Nugroho',
  'Yuni Astuti',
  'Zaki Firmansyah',
  'Alya Safira',
  'Bagus Wijaya',
  'Cahya Permata',
  'Dimas Aditya',
  'Elok Purnama',
  'Farhan Maulana',
];

/** Who links how: most let themselves be added, a few prefer invites, have a dead grant, or have linked nothing. */
function linkOf(index: number): DemoLink {
  if (index >= 26) return 'none';
  if (index === 25) return 'dead';
  return index >= 22 ? 'invites' : 'adds';
}

function fateOf(index: number): DemoFate {
  if (index === 20) return 'leaves';
  return index === 21 ? 'ends' : 'stays';
}

export const DEMO_STUDENTS: readonly DemoPerson[] = NAMES.map((name, index) => ({
  id: demoId(100 + index),
  name,
  username: name.toLowerCase().replace(/[^a-z]+/g, '.'),
  role: 'student',
  link: linkOf(index),
  fate: fateOf(index),
}));

export const DEMO_STAFF: readonly DemoPerson[] = [
  { id: demoId(1), name: 'Amira Admin', username: 'amira', role: 'admin', link: 'none', fate: 'stays' },
  { id: demoId(2), name: 'Rina Hartono', username: 'rina.teaches', role: 'instructor', link: 'adds', fate: 'stays' },
  { id: demoId(3), name: 'Bayu Saputra', username: 'bayu.teaches', role: 'instructor', link: 'adds', fate: 'stays' },
];

/** A student who has linked nothing yet: the one whose token is printed, so that there is something to try. */
export const DEMO_VISITOR_INDEX = 26;

/** Fixed ids, so that a document pasted yesterday works today. */
export function demoId(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}
