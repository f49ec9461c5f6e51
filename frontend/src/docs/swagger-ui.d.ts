declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface Options {
    readonly dom_id: string;
    readonly url: string;
    readonly deepLinking?: boolean;
    readonly defaultModelsExpandDepth?: number;
    readonly docExpansion?: 'list' | 'full' | 'none';
    readonly tryItOutEnabled?: boolean;
    /** "none" asks nobody. */
    readonly validatorUrl?: string;
  }
  export default function swaggerUI(options: Options): void;
}
