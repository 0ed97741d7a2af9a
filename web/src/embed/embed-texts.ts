import { texts } from '../texts/texts';

export const embedTexts = texts(
  {
    unknown: 'Not available now',
    notConnected: 'Not connected',
    moment: 'One moment: Discord opens here as soon as your place is ready.',
    late: 'This takes longer than usual. You come in by yourself, or find your invite here.',
  },
  {
    unknown: 'Belum tersedia',
    notConnected: 'Belum terhubung',
    moment: 'Sebentar: Discord terbuka di sini begitu tempatmu siap.',
    late: 'Ini lebih lama dari biasanya. Nanti kamu masuk sendiri, atau undanganmu muncul di sini.',
  },
);
