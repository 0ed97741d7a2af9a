import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** Where people read about the REST addresses; programs read the same at `.json`. */
export const DOCS_PATH = 'api/docs';

/** Serves the description of all controllers, OpenAPI 3.1, made when it is first asked for. */
export function documentApi(application: INestApplication, publicUrl: string): void {
  const head = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Anycademy Discord')
    .setDescription(
      'The REST addresses: what the platform and Discord post, and what a front end without GraphQL needs. Everything else is GraphQL at /graphql. Refusals are problem documents (RFC 9457).',
    )
    .setVersion('1')
    .addServer(publicUrl)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: "The platform's JWT." })
    .build();
  SwaggerModule.setup(DOCS_PATH, application, () => SwaggerModule.createDocument(application, head), {
    jsonDocumentUrl: `${DOCS_PATH}.json`,
    raw: ['json'],
    customSiteTitle: 'Anycademy Discord: REST',
    // Its validator is another site's, to which it would send the address of this one.
    swaggerOptions: { validatorUrl: null },
  });
}
