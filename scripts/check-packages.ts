import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { workspacePackages } from './workspace.ts';

// Every package that is published passes publint in its strict form.
let faults = 0;
for (const { folder, manifest } of workspacePackages()) {
  if (manifest.private === true) continue;
  const { messages } = await publint({ pkgDir: `packages/${folder}`, strict: true, pack: false });
  for (const message of messages) {
    faults++;
    console.error(`${manifest.name}: ${formatMessage(message, { ...manifest }) ?? message.code}`);
  }
}
if (faults > 0) process.exit(1);
console.log('packages: publint found nothing');
