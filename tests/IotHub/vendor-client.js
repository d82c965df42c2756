// The vendor's own device client against the simulated hub: what a device does there, one line of JSON for each step.
// usage: node vendor-client.js PORT DPS-PORT WAY, with WAY = sas | x509 | dps; run where its packages are installed.
// The environment gives KEY (base64), CERTIFICATE and CERTIFICATE_KEY (PEM files); NODE_EXTRA_CA_CERTS the authority.
'use strict';

const fs = require('fs');
const tls = require('tls');

const [port, dpsPort, way] = process.argv.slice(2);
const hub = 'hub.azure-devices.net', dps = 'global.azure-devices-provisioning.net', device = 'door-1';

// Only where the packets go is changed: the name whose certificate is asked for stays the real one.
const connect = tls.connect;
tls.connect = (options, ...rest) => connect(
    { ...options, host: '127.0.0.1', port: Number(options.host === dps ? dpsPort : port), servername: options.host }, ...rest);

const { Client, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const say = (step, more) => console.log(JSON.stringify({ step, ...more }));
const fail = (error) => { say('failed', { name: error.name, message: error.message }); process.exit(1); };
process.on('unhandledRejection', fail);
process.on('uncaughtException', fail);
setTimeout(() => fail(new Error('no end after 100 s')), 100000).unref();

async function register() {
    const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
    const { Mqtt: Transport } = require('azure-iot-provisioning-device-mqtt');
    const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
    const client = ProvisioningDeviceClient.create(
        dps, '0ne000A', new Transport(), new SymmetricKeySecurityClient(device, process.env.KEY));
    const result = await client.register();
    say('registered', { hub: result.assignedHub, device: result.deviceId });
    return result;
}

async function open() {
    const where = way === 'dps' ? await register() : { assignedHub: hub, deviceId: device };
    const text = way === 'x509'
        ? `HostName=${hub};DeviceId=${device};x509=true`
        : `HostName=${where.assignedHub};DeviceId=${where.deviceId};SharedAccessKey=${process.env.KEY}`;
    const client = Client.fromConnectionString(text, Mqtt);
    if (way === 'x509') {
        await client.setOptions({
            cert: fs.readFileSync(process.env.CERTIFICATE, 'utf8'), key: fs.readFileSync(process.env.CERTIFICATE_KEY, 'utf8'),
        });
    }

    await client.open();
    say('open');
    return client;
}

async function main() {
    const client = await open();

    const message = new Message(JSON.stringify({ temperature: 21 }));
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    message.messageId = 'm-1';
    message.properties.add('channel', 'events');
    message.properties.add('a b', 'c&d=e/f');
    await client.sendEvent(message);
    say('sent');

    client.onDeviceMethod('echo', (request, response) => {
        say('method', { name: request.methodName, payload: request.payload });
        response.send(200, { echoed: request.payload }).catch(fail);
    });

    const twin = await client.getTwin();
    say('twin', { desired: twin.properties.desired, reported: twin.properties.reported });
    await new Promise((resolve, reject) => twin.properties.reported.update(
        { firmware: 'one', edgeface: { version: 7 } }, (error) => error ? reject(error) : resolve()));
    say('reported');
    const refused = await new Promise((resolve) => twin.properties.reported.update(
        { large: 'x'.repeat(5000) }, (error) => resolve(error)));
    say('refused', { message: refused ? refused.message : null });
    let patched;
    const patch = new Promise((resolve) => { patched = resolve; });
    twin.on('properties.desired', (delta) => {
        say('desired', { delta });
        if (delta.wanted) patched();
    });

    await new Promise((resolve) => client.on('message', (received) => {
        say('message', {
            text: received.getData().toString(), properties: received.properties.propertyList.map(({ key, value }) => [key, value]),
        });
        client.complete(received).then(resolve, fail);
    }));
    say('completed');
    await patch;
    await client.close();
    say('closed');
    process.exit(0);
}

main().catch(fail);
