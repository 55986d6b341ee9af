// Preloaded (--import), this makes Node pass for one that cannot run TypeScript.
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } });
