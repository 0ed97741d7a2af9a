import { type SyncRunStatus, type WebhookDeliveryStatus } from '../api/enums.generated';
import { texts } from '../texts/texts';

const runsEn: Record<SyncRunStatus, string> = {
  QUEUED: 'Waiting',
  RUNNING: 'Running',
  AWAITING_CONFIRMATION: 'Waits for a decision',
  SUCCEEDED: 'Done',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
};
const runsId: Record<SyncRunStatus, string> = {
  QUEUED: 'Menunggu',
  RUNNING: 'Berjalan',
  AWAITING_CONFIRMATION: 'Menunggu keputusan',
  SUCCEEDED: 'Selesai',
  FAILED: 'Gagal',
  CANCELLED: 'Dibatalkan',
};
export const runStatusTexts = texts(runsEn, runsId);

const deliveriesEn: Record<WebhookDeliveryStatus, string> = {
  PENDING: 'To be told',
  DELIVERED: 'Delivered',
  FAILED: 'Given up',
};
const deliveriesId: Record<WebhookDeliveryStatus, string> = {
  PENDING: 'Akan dikirim',
  DELIVERED: 'Terkirim',
  FAILED: 'Menyerah',
};
export const deliveryStatusTexts = texts(deliveriesEn, deliveriesId);

export const workTexts = texts(
  {
    title: 'Syncs and webhooks',
    runs: 'Syncs',
    everyCourse: 'Every course of the server',
    did: 'What it did',
    progress: (done: string, total: string) => `${done} of ${total} in step`,
    changes: (added: string, invited: string, removed: string, roles: string) =>
      `${added} added, ${invited} invited, ${removed} removed, ${roles} roles changed`,
    failed: (count: string) => `${count} failed`,
    calls: 'Discord calls',
    confirm: 'Remove them',
    cancel: 'Keep them',
    confirmTitle: 'Let these removals happen?',
    confirmMeans: 'They lose access now. You can undo it for seven days on the page of the course.',
    cancelTitle: 'Keep everybody whom this run holds?',
    cancelMeans: 'They stay until their enrollment changes again.',
    done: 'Decided.',
    noRuns: 'No sync has run yet.',
    noRunsMeans: 'One runs when somebody asks for it, and by itself in the night.',
    noRunsFit: 'No sync stands so.',
    webhooks: 'Webhooks',
    noWebhooks: 'Nobody is told of changes.',
    noWebhooksMeans: 'Add an address by setWebhookEndpoint; then what was sent to it stands here.',
    off: 'Switched off',
    counts: (delivered: string, pending: string, failed: string) =>
      `${delivered} delivered this week · ${pending} to be told · ${failed} given up this month`,
    tellAgain: 'Tell again what was given up',
    toldAgain: (count: string) => `${count} deliveries are tried again.`,
    attempts: 'Attempts',
    change: 'Change',
    error: 'Last error',
    next: 'next',
    noDeliveries: 'Nothing to show.',
  },
  {
    title: 'Sinkronisasi dan webhook',
    runs: 'Sinkronisasi',
    everyCourse: 'Semua kursus server ini',
    did: 'Yang dilakukan',
    progress: (done, total) => `${done} dari ${total} sesuai`,
    changes: (added, invited, removed, roles) =>
      `${added} ditambahkan, ${invited} diundang, ${removed} dikeluarkan, ${roles} peran diubah`,
    failed: (count) => `${count} gagal`,
    calls: 'Permintaan Discord',
    confirm: 'Keluarkan mereka',
    cancel: 'Pertahankan',
    confirmTitle: 'Jalankan pengeluaran ini?',
    confirmMeans: 'Mereka kehilangan akses sekarang. Bisa diurungkan selama tujuh hari di halaman kursusnya.',
    cancelTitle: 'Pertahankan semua yang ditahan di sini?',
    cancelMeans: 'Mereka tetap di sana sampai pendaftarannya berubah lagi.',
    done: 'Sudah diputuskan.',
    noRuns: 'Belum ada sinkronisasi.',
    noRunsMeans: 'Sinkronisasi berjalan kalau ada yang meminta, dan dengan sendirinya pada malam hari.',
    noRunsFit: 'Tidak ada sinkronisasi dengan keadaan ini.',
    webhooks: 'Webhook',
    noWebhooks: 'Belum ada yang diberi tahu tentang perubahan.',
    noWebhooksMeans: 'Tambahkan alamat dengan setWebhookEndpoint; yang dikirim ke sana lalu muncul di sini.',
    off: 'Dimatikan',
    counts: (delivered, pending, failed) =>
      `${delivered} terkirim minggu ini · ${pending} akan dikirim · ${failed} menyerah bulan ini`,
    tellAgain: 'Kirim lagi yang menyerah',
    toldAgain: (count) => `${count} kiriman dicoba lagi.`,
    attempts: 'Percobaan',
    change: 'Perubahan',
    error: 'Galat terakhir',
    next: 'berikutnya',
    noDeliveries: 'Tidak ada yang bisa ditampilkan.',
  },
);
