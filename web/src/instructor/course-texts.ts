import { texts } from '../texts/texts';

export const courseTexts = texts(
  {
    title: (course: string) => `${course} on Discord`,
    back: 'All courses',
    missing: 'There is no such course.',
    missingMeans: 'It was deleted, or you do not teach it.',
    servers: 'Servers of this course',
    views: 'About this course',
    students: 'Students',
    link: 'Join link',
    numbers: 'Numbers',
    log: 'Log',
    settings: 'Settings',
    another: 'Connect another server',
    automatic: 'Automatic server',
    linkOnly: 'Or start with a plain invite link',
    linkOnlyMeans:
      'No bot: students press Join, and you see who pressed it. A server can be connected later at any time.',
    useLink: 'Use an invite link',
    connectServer: 'Connect a server',
  },
  {
    title: (course) => `${course} di Discord`,
    back: 'Semua kursus',
    missing: 'Kursus ini tidak ada.',
    missingMeans: 'Sudah dihapus, atau kamu tidak mengajarnya.',
    servers: 'Server kursus ini',
    views: 'Tentang kursus ini',
    students: 'Siswa',
    link: 'Tautan gabung',
    numbers: 'Angka',
    log: 'Catatan',
    settings: 'Pengaturan',
    another: 'Hubungkan server lain',
    automatic: 'Server otomatis',
    linkOnly: 'Atau mulai dengan tautan undangan biasa',
    linkOnlyMeans:
      'Tanpa bot: siswa menekan Gabung, dan kamu melihat siapa yang menekannya. Server bisa dihubungkan kapan saja nanti.',
    useLink: 'Pakai tautan undangan',
    connectServer: 'Hubungkan server',
  },
);
