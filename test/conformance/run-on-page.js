// Loaded by page.html after jasmine.js: gives the specs their globals, and the test that opens the page a way to run them.
window.jasmine = window.jasmineRequire.core(window.jasmineRequire);
const specs = window.jasmine.getEnv();
Object.assign(window, window.jasmineRequire.interface(window.jasmine, specs));

window.runSpecs = async (excluded) => {
  const results = { passed: 0, failures: [] };
  specs.configure({ random: false, specFilter: (spec) => !excluded.includes(spec.getFullName()) });
  specs.addReporter({
    specDone({ status, fullName, failedExpectations }) {
      if (status === 'passed') results.passed += 1;
      for (const { message } of failedExpectations) results.failures.push(`${fullName}: ${message}`);
    },
  });
  await specs.execute();
  return results;
};
