import { type Texts } from './texts';

const number = (value: number): string => value.toLocaleString('id');

const listOf = (names: readonly string[]): string => new Intl.ListFormat('id').format(names);

export const id: Texts = {
  status: {
    pending: '○ Belum masuk',
    invited: '✉️ Diundang',
    joined: '✓ Ada di server',
    left: '← Keluar',
    removed: '✕ Akses sudah berakhir',
  },
  whatToDo: 'Yang perlu dilakukan',
  nextStep: {
    you: {
      JOIN: 'Tekan tombol di bawah.',
      CONNECT_DISCORD: 'Hubungkan akun Discord-mu dengan tombol di bawah.',
      RECONNECT_DISCORD: 'Hubungkan lagi akun Discord-mu dengan tombol di bawah.',
      OPEN_INVITE: 'Buka undanganmu dengan tombol di bawah.',
      REQUEST_NEW_INVITE: 'Minta undangan baru dengan tombol di bawah.',
      LEAVE_A_SERVER: 'Keluar dari salah satu server Discord, lalu tekan tombol di bawah.',
      COMPLETE_SCREENING: 'Setujui peraturan server ini.',
      REJOIN: 'Tekan tombol di bawah untuk kembali.',
      FIX_SERVER: 'Tidak ada: pengajar perlu memperbaiki server.',
      CONFIRM_REMOVALS: 'Tidak ada: pengajar yang memutuskan.',
      WAIT: 'Tidak ada: ini berjalan dengan sendirinya.',
    },
    they: {
      JOIN: 'Undang dengan `/invite-student`, atau minta ia menekan Gabung di halaman kursusnya.',
      CONNECT_DISCORD: 'Minta ia menghubungkan akun Discord dengan `/connect`.',
      RECONNECT_DISCORD: 'Minta ia menghubungkan lagi akun Discord dengan `/connect`.',
      OPEN_INVITE: 'Minta ia membuka undangannya; ada di halaman kursusnya.',
      REQUEST_NEW_INVITE: 'Undang lagi dengan `/invite-student`.',
      LEAVE_A_SERVER: 'Minta ia keluar dari salah satu server Discord, lalu undang dengan `/invite-student`.',
      COMPLETE_SCREENING: 'Minta ia menyetujui peraturan server ini.',
      REJOIN: 'Ia bisa kembali sendiri, atau undang dengan `/invite-student`.',
      FIX_SERVER: 'Perbaiki yang disebut oleh `/server-stats`.',
      CONFIRM_REMOVALS: 'Putuskan dengan `/sync-enrollment`.',
      WAIT: 'Tidak ada: ini berjalan dengan sendirinya.',
    },
  },
  wayBack: {
    BANNED: {
      you: 'Hubungi moderator server ini.',
      they: 'Cabut blokirnya di “Server Settings → Bans”, lalu undang dengan `/invite-student`.',
    },
    ENROLLMENT_ENDED: {
      you: 'Tidak ada, kecuali kamu mendaftar lagi di platform.',
      they: 'Tidak ada, kecuali ia mendaftar lagi di platform.',
    },
    REMOVED_BY_STAFF: { you: 'Hubungi pengajarmu.', they: 'Undang dengan `/invite-student`, kalau ia boleh kembali.' },
  },
  refusal: {
    UNAUTHENTICATED: { what: 'Ini terlalu lama.', todo: 'Jalankan perintahnya lagi.' },
    FORBIDDEN: {
      what: 'Kamu tidak mengajar kursus yang terhubung dengan server ini.',
      todo: 'Hanya pengajar kursusnya yang bisa melakukan ini. “Manage Server” saja tidak cukup.',
    },
    NOT_FOUND: {
      what: 'Tidak ada yang seperti itu di kursus yang kamu ajar di sini.',
      todo: 'Pilih dari daftar yang muncul saat kamu mengetik.',
    },
    BAD_USER_INPUT: {
      what: 'Itu bisa berarti lebih dari satu, atau tidak ada.',
      todo: 'Pilih dari daftar yang muncul saat kamu mengetik.',
    },
    CONFLICT: { what: 'Ini sudah diputuskan.', todo: 'Jalankan perintahnya lagi untuk melihat keadaannya.' },
    NOT_ENROLLED: {
      what: 'Siswa ini tidak terdaftar di kursus.',
      todo: 'Daftarkan dulu di platform: siapa yang terdaftar akan masuk.',
    },
    NOT_LINKED: {
      what: 'Akun Discord-mu belum terhubung dengan akun Anycademy.',
      todo: 'Hubungkan dengan `/connect`, lalu jalankan perintahnya lagi.',
    },
    SERVER_NOT_READY: {
      what: 'Server belum siap.',
      todo: 'Perbaiki ini, lalu coba lagi. Tidak ada yang diubah.',
    },
    GUILD_NOT_MANAGED: {
      what: 'Kamu tidak mengelola server ini.',
      todo: 'Minta peran dengan “Manage Server” kepada pemiliknya.',
    },
    RATE_LIMITED: { what: 'Itu terlalu banyak sekaligus.', todo: 'Tunggu satu menit, lalu coba lagi.' },
    DISCORD_UNAVAILABLE: {
      what: 'Discord sedang tidak menjawab.',
      todo: 'Tidak ada yang diubah. Coba lagi sebentar lagi.',
    },
    INTERNAL_SERVER_ERROR: {
      what: 'Ada yang salah di pihak kami.',
      todo: 'Coba lagi. Kalau terjadi lagi, laporkan nomor di bawah.',
    },
  },
  choice: {
    course: {
      NOT_FOUND: 'Kamu tidak mengajar kursus seperti itu di server ini.',
      BAD_USER_INPUT: 'Beberapa kursusmu di sini bernama seperti itu.',
    },
    student: {
      NOT_FOUND: 'Tidak ada siswa di kursus ini yang bernama seperti itu.',
      BAD_USER_INPUT: 'Beberapa siswa di kursus ini bernama seperti itu.',
    },
  },
  seeStats: '`/server-stats` menunjukkan apa yang kurang. Tidak ada yang diubah.',
  reference: (reference) => `Nomor: ${reference}`,
  anotherCourse: 'kursus lain',
  openPage: 'Buka halaman web',
  cancel: 'Batal',
  nothingChanged: 'Tidak ada yang diubah.',
  why: {
    heading: (name) => `Akses kursus **${name}**`,
    nobody: (name) => ({
      what: `Tidak ada siswa di kursusmu di sini yang menghubungkan akun Discord **${name}**.`,
      todo: 'Kalau ia terdaftar, minta ia menghubungkannya dengan `/connect`. Orang yang tidak dikenal dibiarkan.',
    }),
    nothingYet: (name) => ({
      what: `**${name}** terdaftar, tetapi belum ada yang terjadi di server ini.`,
      todo: 'Tidak ada, kalau baru saja terdaftar. Kalau tidak, `/server-stats` menunjukkan apakah kursusnya dimatikan di sini.',
    }),
  },
  connect: {
    notConnected: {
      what: 'Akun Discord-mu belum terhubung dengan akun Anycademy.',
      todo: 'Hubungkan dengan tombol di bawah. Kami melihat nama Discord-mu dan memasukkanmu ke server kursusmu.',
    },
    connect: 'Hubungkan Discord',
    reconnect: 'Hubungkan lagi',
    nothingHere: {
      what: 'Akun Discord-mu sudah terhubung. Tidak ada kursusmu yang bertempat di server ini.',
      todo: 'Tidak ada. Begitu kamu terdaftar di kursus server ini, kamu melihatnya di sini.',
    },
    teaches: (courses) => `Kamu mengajar ${listOf(courses)} di server ini.`,
    heading: 'Akses kursusmu di server ini',
    refused: {
      FORBIDDEN: 'Kamu tidak bisa masuk: kamu dikeluarkan, dan hanya pengajar yang bisa memasukkanmu lagi.',
      NOT_ENROLLED: 'Kamu tidak bisa masuk: kamu tidak terdaftar di kursus ini.',
      SERVER_NOT_READY: 'Untuk sementara kamu tidak bisa masuk: kursus ini tidak terhubung dengan server.',
    },
    rejoin: (course) => `Gabung ${course}`,
    openInvite: (course) => `Buka undangan ke ${course}`,
    messages: {
      on: 'Bot boleh menulis langsung kepadamu.',
      off: 'Bot tidak menulis langsung kepadamu.',
    },
    switchMessages: { on: 'Izinkan pesan langsung', off: 'Hentikan pesan langsung' },
  },
  invite: {
    invited: (student, course) => `**${student}** diundang ke **${course}**.`,
    isIn: (student, course) => `**${student}** sudah ada di server **${course}**.`,
    notYet: (student, course) => `**${student}** boleh masuk ke server **${course}**, tetapi belum masuk.`,
    link: 'Undangannya',
  },
  remove: {
    ask: (student, course) => `Keluarkan **${student}** dari **${course}**?`,
    outcome: {
      KICK: (server) => `Ia dikeluarkan dari ${server}.`,
      ROLE: (server) => `Ia tetap ada di ${server} dan kehilangan peran siswa kursus ini.`,
      PROTECTED: (server) =>
        `Ia tetap ada di ${server}, karena ikut mengelolanya atau sudah ada sebelumnya; ia kehilangan peran siswa.`,
      OTHER_COURSE: (server, others) =>
        `Ia tetap ada di ${server} karena ${others}; yang diberikan kursus ini diambil kembali.`,
      STAYS: (server) =>
        `Ia tetap ada di ${server} seperti semula: kursus ini membiarkan siapa pun yang kehilangan akses.`,
      ABSENT: (server) => `Ia tidak ada di ${server}, dan tidak bisa masuk lagi.`,
      PAUSED: (server) =>
        `Untuk sementara tidak terjadi apa-apa di ${server}: kursus dimatikan di sana, atau tidak bisa dilayani. Ini dilakukan setelah diperbaiki.`,
    },
    comingBack: 'Hanya pengajar yang bisa memasukkannya lagi, dengan `/invite-student`.',
    reason: (reason) => `Alasan: ${reason}`,
    confirm: 'Keluarkan',
    working: (student, course) => `Mengeluarkan **${student}** dari **${course}** …`,
    done: (student, course) => `**${student}** tidak lagi punya akses ke **${course}**.`,
  },
  sync: {
    plan: (course, changes) =>
      `Sinkronisasi **${course}** akan membuat ${number(changes)} perubahan. Belum ada yang diubah.`,
    onlyHeld: (course) => `⚠️ **${course}** sudah selaras, kecuali pengeluaran yang menunggu keputusanmu.`,
    nothingToDo: (course) => `**${course}** sudah selaras: tidak ada yang perlu diubah.`,
    action: {
      ADD: (count) => `• ${number(count)} siswa dimasukkan`,
      INVITE: (count) => `• ${number(count)} siswa diundang`,
      GRANT_ROLE: (count) => `• ${number(count)} peran diberikan`,
      REVOKE_ROLE: (count) => `• ${number(count)} peran diambil`,
      KICK: (count) => `• ${number(count)} orang dikeluarkan`,
    },
    unchanged: (count) => `• ${number(count)} tidak berubah`,
    cost: (calls) => `Ini perlu sekitar ${number(calls)} panggilan ke Discord.`,
    line: {
      ADD: (name) => `${name} dimasukkan`,
      INVITE: (name) => `${name} diundang`,
      GRANT_ROLE: (name) => `${name} mendapat peran`,
      REVOKE_ROLE: (name) => `${name} kehilangan peran`,
      KICK: (name) => `${name} dikeluarkan`,
    },
    keptBy: (course) => `karena ${course}`,
    formerAccount: 'dengan akun yang tidak lagi dipakai',
    needsConfirmation: 'setelah kamu setujui',
    more: (count) => `… dan ${number(count)} lagi`,
    brake: '⚠️ Pengeluaran sebanyak ini menunggu sampai kamu setujui.',
    apply: 'Terapkan',
    waiting: (course) => `Sinkronisasi **${course}** segera dimulai.`,
    running: (course) => `Sinkronisasi **${course}** sedang berjalan.`,
    progress: (percent, done, total) => `${percent} % · ${number(done)} dari ${number(total)} selaras`,
    succeeded: (course) => `✓ **${course}** sudah selaras.`,
    waitsForYou: (course) => `⚠️ Sinkronisasi **${course}** selesai, kecuali pengeluaran yang menunggu keputusanmu.`,
    failed: (course) => `⚠️ Sinkronisasi **${course}** tidak berhasil.`,
    obstacle: (_, check) => check?.inIndonesian ?? 'Apa yang menghalanginya, ditunjukkan oleh `/server-stats`.',
    cancelled: (course) => `Sinkronisasi **${course}** dibatalkan.`,
    numbers: ({ total, added, invited, roleChanges, removed, failed, apiCalls }) =>
      [
        `${number(total)} diperiksa`,
        `${number(apiCalls)} panggilan`,
        ...(added > 0 ? [`${number(added)} dimasukkan`] : []),
        ...(invited > 0 ? [`${number(invited)} diundang`] : []),
        ...(roleChanges > 0 ? [`${number(roleChanges)} peran diubah`] : []),
        ...(removed > 0 ? [`${number(removed)} dikeluarkan`] : []),
        ...(failed > 0 ? [`${number(failed)} gagal`] : []),
      ].join(' · '),
    held: (count, server) => `⚠️ ${number(count)} pengeluaran menunggu di ${server}`,
    decide: 'Semuanya menunggu keputusanmu, supaya kesalahan tidak bisa mengosongkan server.',
    confirm: (count) => `Setujui ${number(count)} pengeluaran`,
    keep: (count) => `Biarkan ${number(count)} orang`,
    kept: (course) => `Tidak ada dari **${course}** yang dikeluarkan. Mereka tetap ada sampai pendaftarannya berubah.`,
    tooLong: {
      what: 'Sinkronisasi berjalan terus, tetapi pesan ini tidak bisa mengikutinya lagi.',
      todo: 'Jalankan `/sync-enrollment` lagi untuk melihat keadaannya.',
    },
  },
  stats: {
    heading: (server, courses) => `Siswa di **${server}**: ${courses.join(', ')}.`,
    inServer: (course, joined, enrolled) => `${course} ${number(joined)} dari ${number(enrolled)}`,
    isIll: '⚠️ Ada yang kurang di server.',
    openCourse: (course) => `Buka ${course}`,
    people: ({ enrolled, linked, joined, invited, left }) =>
      `**${enrolled}** terdaftar · **${linked}** terhubung · **${joined}** ada di server · **${invited}** diundang · **${left}** keluar`,
    health: {
      HEALTHY: '✓ Server sehat.',
      DEGRADED: '⚠️ Ada yang kurang di server:',
      UNREACHABLE: '⚠️ Bot tidak bisa menjangkau server:',
      UNCHECKED: '○ Server belum diperiksa.',
    },
    check: ({ message, inIndonesian }) => inIndonesian ?? message,
    switchedOff: 'Kursus ini dimatikan di sini.',
    timeToRole: (median, slow) =>
      `Dari pendaftaran sampai peran: biasanya ${median}, paling lama ${slow} untuk 95 dari 100 siswa.`,
    noTimeToRole: 'Dari pendaftaran sampai peran: tidak ada yang dimasukkan dalam 30 hari terakhir.',
    seconds: (seconds) =>
      seconds < 60
        ? `${seconds.toLocaleString('id', { maximumFractionDigits: 1 })} dtk`
        : `${number(Math.round(seconds / 60))} mnt`,
    others: (count) => `… dan ${number(count)} kursus lagi: lihat halaman kursusnya.`,
  },
};
