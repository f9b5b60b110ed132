"A page in chromium, over its DevTools protocol; what the tests of pages share."
import asyncio, json, shutil, subprocess, tempfile, time
from pathlib import Path
from urllib.request import urlopen

CHROMIUM = next((o for o in map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome')) if o), None)
_FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
          '--disable-dev-shm-usage', '--remote-debugging-port=0', '--remote-allow-origins=*']

class Browser:
    "Chromium with one tab. Use as a context: it ends its own process."
    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix='promo-browser-')
        self.process = subprocess.Popen([CHROMIUM, *_FLAGS, f'--user-data-dir={self.folder}', 'about:blank'],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.loop, self.n, self.events = asyncio.new_event_loop(), 0, []
        self.socket = self.loop.run_until_complete(self._connect())
        for o in ('Page', 'Runtime', 'Network', 'Log'): self.say(f'{o}.enable')
        return self

    async def _connect(self):
        from tornado.websocket import websocket_connect
        port, until = Path(self.folder)/'DevToolsActivePort', time.time() + 60
        while not port.is_file() or not port.read_text().strip():
            if time.time() > until: raise TimeoutError('chromium does not start')
            await asyncio.sleep(.1)
        number = port.read_text().split()[0]
        tab = next(o for o in json.load(urlopen(f'http://127.0.0.1:{number}/json')) if o['type'] == 'page')
        return await websocket_connect(tab['webSocketDebuggerUrl'], max_message_size=2**28)

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def say(self, method, **params):
        "A command and its result; what happens meanwhile is kept in `events`."
        self.n += 1
        async def ask(n=self.n):
            await self.socket.write_message(json.dumps(dict(id=n, method=method, params=params)))
            while True:
                text = await asyncio.wait_for(self.socket.read_message(), 120)
                if text is None: raise ConnectionError('chromium has ended')
                told = json.loads(text)
                if told.get('id') == n: return told
                self.events.append(told)
        told = self.loop.run_until_complete(ask())
        if 'error' in told: raise RuntimeError(f'{method}: {told["error"]["message"]}')
        return told['result']

    def js(self, code):
        "The value of an expression on the page."
        told = self.say('Runtime.evaluate', expression=code, returnByValue=True, awaitPromise=True)
        if 'exceptionDetails' in told: raise RuntimeError(told['exceptionDetails'])
        return told['result'].get('value')

    def show(self, page, width=1280, height=900, dark=False, media='', scripts=True):
        "Open a file."
        self.say('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = [dict(name='prefers-color-scheme', value='dark' if dark else 'light')]
        self.say('Emulation.setEmulatedMedia', media=media, features=scheme)
        self.say('Emulation.setScriptExecutionDisabled', value=not scripts)
        self.events = []
        self.say('Page.navigate', url=Path(page).absolute().as_uri())
        until = time.time() + 60
        while not any(o.get('method') == 'Page.loadEventFired' for o in self.events):
            if time.time() > until: raise TimeoutError(f'{page} is not loaded')
            self.js('1')

    def picture(self, path, whole=False):
        "A screenshot as PNG."
        import base64
        told = self.say('Page.captureScreenshot', format='png', captureBeyondViewport=whole)
        Path(path).write_bytes(base64.b64decode(told['data']))

    @property
    def requests(self):
        "Addresses that the page asked for, beside itself and its own data."
        urls = [o['params']['request']['url'] for o in self.events if o.get('method') == 'Network.requestWillBeSent']
        return [o for o in urls if not o.startswith(('data:', 'blob:'))][1:]

    @property
    def complaints(self):
        "Errors and warnings of the console."
        out = [o['params']['entry']['text'] for o in self.events if o.get('method') == 'Log.entryAdded']
        return out + [str(o['params']['exceptionDetails']) for o in self.events
                      if o.get('method') == 'Runtime.exceptionThrown']
