/** The name under which tfjs-core knows the backend. */
export const backendName = 'hebblab';
