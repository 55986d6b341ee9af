// What the tests use of packages that bring no types, or types that node's own module resolution cannot follow.

declare module 'three/addons/loaders/GaussianSplatPLYLoader.js' {
  export class GaussianSplatPLYLoader {
    parse(data: ArrayBuffer): {
      getAttribute(name: string): { readonly count: number; readonly array: ArrayLike<number> };
    };
  }
}

declare module '@mkkellogg/gaussian-splats-3d' {
  export const PlyParser: {
    parseToUncompressedSplatArray(
      data: ArrayBuffer,
      shDegree: number,
    ): { readonly splatCount: number; readonly splats: readonly (readonly number[])[] };
  };
}

declare module '@playcanvas/splat-transform' {
  interface Source {
    readonly meta: unknown;
  }
  interface Table {
    readonly numRows: number;
    getColumnByName(name: string): { readonly data: ArrayLike<number> } | null;
  }
  export class MemoryReadFileSystem {
    set(name: string, data: Uint8Array): void;
  }
  export function readFile(options: {
    readonly filename: string;
    readonly inputFormat: 'ply';
    readonly fileSystem: MemoryReadFileSystem;
  }): Promise<Source[]>;
  export function createChunkDataPool(): unknown;
  export function materializeToDataTable(source: Source, pool: unknown): Promise<Table>;
}
