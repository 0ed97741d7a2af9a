import { texts } from '../texts/texts';

export const signInTexts = texts(
  {
    title: 'Sign in',
    intro: 'The Discord servers of your courses, in one place.',
    discord: 'Continue with Discord',
    discordHint: 'For accounts that are already connected.',
    platform: 'First time here? Open this page from your course on Anycademy: you are signed in on the way.',
    demo: 'Continue as',
    demoHint: 'This is a demo with made-up people and a local Discord. Pick one; nothing here is real.',
    student: 'Student',
    instructor: 'Instructor',
    admin: 'Admin',
    token: 'I have an access token',
    tokenLabel: 'Access token',
    tokenHint: 'It is exchanged for a session and kept nowhere on this device.',
    signIn: 'Sign in',
    ended: 'You have been signed out. Sign in again to go on where you were.',
    badToken:
      'The platform’s sign-in did not work: it was too old or not valid. Open this page from your course again.',
    badTokenTyped: 'This token is not valid, or too old. Take a new one.',
    forbidden: 'That page may not sign you in here. Open this page from your course on Anycademy.',
    notLinked:
      'No account here is connected to that Discord account. Open this page from your course, and connect it there.',
    cancelled: 'You cancelled at Discord. Nothing was changed.',
    failed: 'Signing in did not work. Try again in a moment.',
  },
  {
    title: 'Masuk',
    intro: 'Server Discord semua kursusmu, di satu tempat.',
    discord: 'Lanjut dengan Discord',
    discordHint: 'Untuk akun yang sudah terhubung.',
    platform: 'Baru pertama kali? Buka halaman ini dari kursusmu di Anycademy, dan kamu langsung masuk.',
    demo: 'Lanjut sebagai',
    demoHint: 'Ini demo dengan orang-orang rekaan dan Discord lokal. Pilih salah satu; semuanya tidak nyata.',
    student: 'Siswa',
    instructor: 'Pengajar',
    admin: 'Admin',
    token: 'Saya punya token akses',
    tokenLabel: 'Token akses',
    tokenHint: 'Ditukar dengan sesi dan tidak disimpan di perangkat ini.',
    signIn: 'Masuk',
    ended: 'Sesimu sudah berakhir. Masuk lagi untuk melanjutkan.',
    badToken:
      'Masuk lewat platform gagal: sudah terlalu lama atau tidak sah. Buka halaman ini dari kursusmu sekali lagi.',
    badTokenTyped: 'Token ini tidak sah, atau sudah terlalu lama. Ambil yang baru.',
    forbidden: 'Halaman tadi tidak boleh memasukkanmu ke sini. Buka halaman ini dari kursusmu di Anycademy.',
    notLinked:
      'Belum ada akun di sini yang terhubung dengan akun Discord itu. Buka halaman ini dari kursusmu, lalu hubungkan di sana.',
    cancelled: 'Kamu membatalkannya di Discord. Tidak ada yang berubah.',
    failed: 'Belum berhasil masuk. Coba lagi sebentar.',
  },
);
