import { type AuditStatus } from '../api/enums.generated';
import { Badge, type Tone } from '../components/badge';
import { useTexts } from '../texts/texts';
import { logTexts } from './log-texts';

const TONES: Record<AuditStatus, Tone> = { SUCCESS: 'joined', FAILED: 'trouble', PENDING: 'waiting' };

/** How an entry of the log ended. */
export function LogStatus({ status }: { readonly status: AuditStatus }) {
  const words = useTexts(logTexts);
  return <Badge tone={TONES[status]}>{words[status]}</Badge>;
}
