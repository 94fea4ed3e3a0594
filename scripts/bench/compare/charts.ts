/** Draws bar charts as SVG with echarts, without a browser. */
import * as echarts from 'echarts';

export interface BarChart {
  title: string;
  unit: string;
  bars: { name: string; value: number }[];
  isMoreBetter: boolean;
}

const OURS = '#0b6e4f';
const OTHERS = '#9aa5b1';
const ROW_PX = 30;
const FRAME_PX = 110;

/** The best bar is on top. Durations have a logarithmic axis, because they differ by a factor of a hundred. */
export function barChart({ title, unit, bars, isMoreBetter }: BarChart): string {
  const sorted = bars.toSorted((a, b) => (isMoreBetter ? a.value - b.value : b.value - a.value));
  const height = FRAME_PX + ROW_PX * sorted.length;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 760, height });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: title, left: 16, top: 12, textStyle: { fontSize: 16, color: '#1f2933' } },
    grid: { left: 150, right: 80, top: 56, bottom: 44 },
    xAxis: {
      type: isMoreBetter ? 'value' : 'log',
      name: unit,
      nameLocation: 'middle',
      nameGap: 28,
    },
    yAxis: { type: 'category', data: sorted.map(({ name }) => name), axisTick: { show: false } },
    series: [
      {
        type: 'bar',
        barWidth: 18,
        label: {
          show: true,
          position: 'right',
          formatter: ({ value }: any) => Math.round(value).toLocaleString('en'),
        },
        data: sorted.map(({ name, value }) => ({
          value,
          itemStyle: { color: name === 'seatlane' ? OURS : OTHERS },
        })),
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
