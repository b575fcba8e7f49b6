/** BullMQ and ioredis, as far as the page uses them: their own types bring Node's globals, which are not those of a page. */
export const FlowProducer: any;
export const Queue: any;
export const QueueEvents: any;
export const Worker: any;
declare const Redis: any;
export default Redis;
