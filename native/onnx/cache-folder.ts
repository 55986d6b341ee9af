import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where this user's derived files go, which may be deleted at any time: CHARACTERSHOT_CACHE, or "charactershot" in the
 * system's folder for such files. It need not exist.
 */
export function cacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env.CHARACTERSHOT_CACHE) return env.CHARACTERSHOT_CACHE;
  return join(systemCache(env, platform), 'charactershot');
}

function systemCache(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === 'win32') return env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  // The XDG rules say to ignore a relative path.
  const xdg = env.XDG_CACHE_HOME;
  return xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache');
}
