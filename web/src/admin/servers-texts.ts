import { texts } from '../texts/texts';

export const serversTexts = texts(
  {
    title: 'Servers',
    about: (count: number) =>
      count === 1
        ? '1 course with a server. It opens its settings.'
        : `${count} courses with a server. Each opens its settings.`,
    search: 'Search by course, server or server id',
    anyState: 'All states',
    trouble: 'In trouble',
    in: 'In the server',
    inOf: (joined: string, enrolled: string) => `${joined} of ${enrolled}`,
    wrong: 'What is wrong',
    off: 'Switched off',
    stopped: 'Removals stopped',
    none: 'No course has a server yet.',
    noneMeans: 'Instructors connect one on the page of their course.',
    noneFits: 'Nothing fits.',
    noneFitsMeans: 'Try another part of the name, or all states.',
    courses: 'All courses',
  },
  {
    title: 'Server',
    about: (count) => `${count} kursus dengan server. Masing-masing membuka pengaturannya.`,
    search: 'Cari menurut kursus, server atau id server',
    anyState: 'Semua keadaan',
    trouble: 'Bermasalah',
    in: 'Di server',
    inOf: (joined, enrolled) => `${joined} dari ${enrolled}`,
    wrong: 'Yang salah',
    off: 'Dimatikan',
    stopped: 'Pengeluaran dihentikan',
    none: 'Belum ada kursus dengan server.',
    noneMeans: 'Pengajar menghubungkannya di halaman kursusnya.',
    noneFits: 'Tidak ada yang cocok.',
    noneFitsMeans: 'Coba bagian nama yang lain, atau semua keadaan.',
    courses: 'Semua kursus',
  },
);
