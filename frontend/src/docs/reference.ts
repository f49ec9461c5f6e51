// The rendered OpenAPI document. Swagger UI: it renders OpenAPI 3.1, asks nobody but its server and
// needs no eval.

import swaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';
import './reference.css';

export function showReference(selector: string, url: string): void {
  document.documentElement.classList.add('dark-mode');
  swaggerUI({
    dom_id: selector,
    url,
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    docExpansion: 'list',
    tryItOutEnabled: true,
    validatorUrl: 'none', // or it would ask an outside service
  });
}
