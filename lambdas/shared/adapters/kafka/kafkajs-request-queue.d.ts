declare module 'kafkajs/src/network/requestQueue' {
  /** The only internal of kafkajs that is changed: see `kafkajs-idle.ts`. */
  export default class RequestQueue {
    scheduleCheckPendingRequests(): void;
  }
}
