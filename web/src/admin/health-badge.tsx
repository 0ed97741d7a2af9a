import { CircleDashed } from 'lucide-react';
import { type GuildHealth } from '../api/enums.generated';
import { Badge, type Tone } from '../components/badge';
import { useTexts } from '../texts/texts';
import { adminTexts } from './admin-texts';

const LOOKS = {
  HEALTHY: ['joined', 'healthy'],
  DEGRADED: ['trouble', 'degraded'],
  UNREACHABLE: ['trouble', 'unreachable'],
  UNCHECKED: ['waiting', 'unchecked'],
} as const satisfies Record<GuildHealth, readonly [Tone, keyof (typeof adminTexts)['en']]>;

/** Whether a server can be served, in a word. */
export function HealthBadge({ health }: { readonly health: GuildHealth }) {
  const words = useTexts(adminTexts);
  const [tone, word] = LOOKS[health];
  return (
    <Badge tone={tone} {...(health === 'UNCHECKED' ? { icon: CircleDashed } : {})}>
      {words[word]}
    </Badge>
  );
}
