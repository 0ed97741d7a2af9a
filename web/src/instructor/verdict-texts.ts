import { texts } from '../texts/texts';

export const verdictTexts = texts(
  {
    inStep: 'In step.',
    held: 'Removals wait for your decision; everything else is in step.',
    onTheWay: (count: number) => (count === 1 ? '1 student is on the way.' : `${count} students are on the way.`),
    degraded: 'The server needs mending.',
    degradedMeans:
      'The bot is there, but something it needs is missing. Nobody is brought in or removed until it is mended; nothing is lost.',
    unreachable: 'The bot is not in the server.',
    unreachableMeans: 'Nobody can be brought in until it is added again. Nothing is lost: it goes on by itself then.',
    unchecked: 'The server has not been checked yet.',
    inactive: 'This server is switched off.',
    inactiveMeans: 'Everybody stays as they are until you switch it on in the settings.',
    ending: 'This server is being disconnected.',
    endingMeans: 'The access of its members is ending; then the connection goes.',
    inServer: (joined: number, enrolled: number) =>
      enrolled === 0 ? `${joined} in the server` : `${joined} of ${enrolled} in the server`,
    need: (count: number) => (count === 1 ? '1 needs something' : `${count} need something`),
    checked: 'checked',
    withCalls: (count: number) => (count === 1 ? 'with 1 Discord call' : `with ${count} Discord calls`),
    stopped: 'The stop switch is on: nobody is removed because their access ends.',
    stoppedEverywhere: 'An admin has stopped removals in all servers: nobody is removed because their access ends.',
    nobody: 'Nobody is enrolled',
    sync: 'Sync …',
    cancelEnding: 'Cancel, bring them back',
    recheck: 'Check again',
    settings: 'Open settings',
  },
  {
    inStep: 'Selaras.',
    held: 'Pengeluaran menunggu keputusanmu; selebihnya selaras.',
    onTheWay: (count) => `${count} siswa sedang diproses.`,
    degraded: 'Server perlu dibetulkan.',
    degradedMeans:
      'Bot ada di sana, tetapi ada yang kurang. Tidak ada yang dimasukkan atau dikeluarkan sampai dibetulkan; tidak ada yang hilang.',
    unreachable: 'Bot tidak ada di server.',
    unreachableMeans:
      'Tidak ada yang bisa dimasukkan sampai bot ditambahkan lagi. Tidak ada yang hilang: nanti lanjut sendiri.',
    unchecked: 'Server belum diperiksa.',
    inactive: 'Server ini dimatikan.',
    inactiveMeans: 'Semua tetap seperti sekarang sampai kamu menyalakannya di pengaturan.',
    ending: 'Server ini sedang diputuskan.',
    endingMeans: 'Akses anggotanya sedang diakhiri; setelah itu sambungannya hilang.',
    inServer: (joined, enrolled) =>
      enrolled === 0 ? `${joined} ada di server` : `${joined} dari ${enrolled} ada di server`,
    need: (count) => `${count} perlu sesuatu`,
    checked: 'diperiksa',
    withCalls: (count) => `dengan ${count} panggilan Discord`,
    stopped: 'Saklar henti menyala: tidak ada yang dikeluarkan karena aksesnya berakhir.',
    stoppedEverywhere:
      'Admin menghentikan pengeluaran di semua server: tidak ada yang dikeluarkan karena aksesnya berakhir.',
    nobody: 'Tidak ada yang terdaftar',
    sync: 'Selaraskan …',
    cancelEnding: 'Batalkan, kembalikan mereka',
    recheck: 'Periksa lagi',
    settings: 'Buka pengaturan',
  },
);
