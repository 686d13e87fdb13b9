declare module 'kafkajs/src/network/requestQueue' {
  /** The one internal of kafkajs that is touched: see `kafkajs-idle.ts`. */
  export default class RequestQueue {
    scheduleCheckPendingRequests(): void;
  }
}
