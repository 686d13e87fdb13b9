// Imported for its effect, before the AWS SDK: the project names the Node.js versions that it
// supports, and pins an SDK that runs on them. The SDK's warning of later versions reads like a failure.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
