/**
 * The operations page: static files in this jar and the route that serves them under {@code /dashboard}, with a strict
 * content security policy and without any outside host. The page itself talks only to the public REST API, with the API
 * key its user typed; this package knows nothing about jobs, stores or keys, and needs no authentication, since the
 * files hold nothing that is not public.
 */
@NullMarked
package io.millrace.dashboard;

import org.jspecify.annotations.NullMarked;
